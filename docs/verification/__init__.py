"""The verification dossier: what roomfold is held against, measured anew by one command.

``python -m roomfold.docs.verification`` runs every part and writes its result as JSON beside this file, then
``docs/verification.md`` from what the results say. The page holds no figure of its own.
"""
