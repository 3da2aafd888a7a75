"""The server, and what must hold before it starts."""

from __future__ import annotations

import logging
import multiprocessing
import os
import time
from functools import partial

from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from portal.authorities import queries
from portal.settings import ConfigurationError, Settings

WORKERS, THREADS, BACKLOG = 2, 8, 512
#: Seconds before everything is started anew.
PAUSE = 1.0

log = logging.getLogger(__name__)


def refuse_demo_accounts(app: Flask) -> None:
    """Keep production from starting while accounts exist whose passwords are public.

    Raises:
        ConfigurationError: where there are some.
    """
    settings: Settings = app.extensions["portal.settings"]
    if settings.is_production:
        with app.app_context():
            if queries.demo_accounts_exist():
                raise ConfigurationError("production refuses to start: the database holds demo accounts")


def serve(settings: Settings, port: int | None = None) -> None:
    """Serve until stopped, in processes of their own with threads, so that a slow upload does not hold up the others.

    Bodies are handed on as they arrive, never spooled to disk. Access is not logged: who reads is nobody's business.
    """
    # A worker begins with nothing of this process: a copy of it would have the file store's runtime without its threads,
    # so that uploads hung, and the connections to the database that are open here.
    multiprocessing.set_start_method("spawn", force=True)
    # The workers make the application anew from the environment.
    os.environ["PORTAL_DATA_DIR"] = str(settings.data_dir)
    os.environ["PORTAL_PORT"] = str(port or settings.port)
    make = partial(
        Granian,
        "portal:create_app",
        factory=True,
        address=settings.host,
        port=settings.port if port is None else port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=WORKERS,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        respawn_failed_workers=True,
        log_access=False,
        log_level=LogLevels.error,
        workers_kill_timeout=20,
    )
    while True:
        server = make()
        try:
            server.serve()
        except SystemExit:
            # A process that ends unasked is replaced; when the new one ends within seconds too, the server gives up, and
            # with it the processes that are well. For the portal this is no reason to stay away.
            log.warning("processes ended again and again; the server starts anew")
            time.sleep(PAUSE)
        # Told to end meanwhile, it stays ended.
        if server.interrupt_signal:
            return
