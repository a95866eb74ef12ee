"""What a report's page carries inside, so that it can answer without the run's folder.

Read ``packing`` (whole numbers as short texts), ``draws`` (the money of every world, from which the page's
script takes the figures again under another way of counting), ``drill`` (the bookings of the middle world,
level by level), ``traces`` (where each key figure comes from) and ``marks`` (which row of its table a mark of
a chart shows).
"""
