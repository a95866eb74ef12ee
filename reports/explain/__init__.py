"""From any number of a report back to what it is made of, from the folder of a run alone.

- ``opened``: the folder, every file held against its manifest
- ``leaves``, ``find``: what can be asked for, by path, by name, or as printed
- ``recipes``, ``facts``: how each number is made of its values in the worlds, or otherwise
- ``reckon``, ``account``: one world's value a second time, from the bookings in the run's tables
- ``rules``, ``drawn``: what made the bookings, from which quantities, of which source
- ``chain``, ``show``: all of it together, on a screen and as JSON
- ``fleets``: the little there is to say of a run without worlds

Nothing here simulates.
"""
