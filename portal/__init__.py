"""Disclosure and complaints portal for the region's green manufacturing lists."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import (
    api,
    authorities,
    complaints,
    content,
    credentials,
    extensions,
    objections,
    operations,
    register,
    rulebook,
    search,
    security,
    site,
    vault,
)
from portal.foundation import database, languages, web
from portal.settings import ROOT, Settings

#: The features in the order in which they stand upon each other.
FEATURES = (
    search,
    vault,
    authorities,
    rulebook,
    content,
    register,
    complaints,
    objections,
    credentials,
    api,
    site,
    operations,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application from its settings.

    Raises:
        portal.settings.ConfigurationError: in production, on settings that only a demo may have.
    """
    settings = settings or Settings()
    settings.check()
    app = Flask(__name__, root_path=str(ROOT), static_folder="static", template_folder="templates")
    app.extensions["portal.settings"] = settings
    app.extensions["portal.vendor"] = (settings.assets_dir / "noto-serif-tibetan.css").is_file()
    app.config.from_mapping(security.flask_configuration(settings))
    settings.data_dir.mkdir(parents=True, exist_ok=True)

    database.db.init_app(app)
    with app.app_context():
        database.prepare_engine(database.db.engine)
    extensions.babel.init_app(app, locale_selector=languages.select_locale)
    extensions.bootstrap.init_app(app)
    extensions.compress.init_app(app)
    extensions.csrf.init_app(app)
    extensions.limiter.init_app(app)
    extensions.migrate.init_app(app, database.db, directory=str(ROOT / "portal" / "migrations"), render_as_batch=True)
    security.install(app)

    web.install(app)
    for feature in FEATURES:
        feature.install(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app
