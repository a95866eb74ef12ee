"""How sure the figures of a run are, and what that depends on.

- ``chaos``: a polynomial that stands in for the simulation, fitted to the worlds there are
- ``indices``: Sobol indices and tornado of any figure, from that polynomial
- ``convergence``: how far P10 and P90 still move, and how many worlds would be enough
- ``contest``: how often each alternative is best, and in which worlds none is better in everything
- ``answer``: all of it for a run or for the folder of one
"""
