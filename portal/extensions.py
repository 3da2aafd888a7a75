"""The Flask extensions, unbound; :func:`portal.create_app` binds them."""

from __future__ import annotations

from flask import current_app
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_security import Security
from flask_talisman import Talisman
from flask_wtf import CSRFProtect

babel = Babel()
bootstrap = Bootstrap5()
compress = Compress()
csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address, headers_enabled=True)
migrate = Migrate()
security = Security()
talisman = Talisman()


@limiter.request_filter
def _unlimited() -> bool:
    """Whether the application at work sets no limits. Asked of each, for one process may hold several."""
    return not current_app.extensions["portal.settings"].rate_limits
