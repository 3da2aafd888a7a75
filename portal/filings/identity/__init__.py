"""Having an identity confirmed by a service that is trusted for it, over OpenID Connect. It has no pages of its own."""
