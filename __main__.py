"""``python -m roomfold``."""

if __name__ == "__main__":
    import signal

    # Until the command line listens, Ctrl-C ends this as it ends other programs, without a traceback.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    from .cli import main

    main(prog_name="roomfold")
