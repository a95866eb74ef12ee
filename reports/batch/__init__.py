"""Many runs at once: all scenarios or variants, a sweep over fields, a comparison.

- ``rows``: what is shown of one run in a table of many
- ``runs``: run each of many scenarios into a folder of its own, with one page that leads to all
- ``sweep``: the same scenario with fields at many values
- ``compare``: runs beside each other, world by world where they drew the same worlds
- ``table``: tables on the screen and on a page
"""
