"""Names of parameters that PowerShell, Python or a ported script has other plans for."""

from __future__ import annotations

from tests.unit.porting.pages import Page

# Automatic variables, common parameters, aliases of these, keywords, names of the script's own.
_OWNED = """
    Host Input Args PID Error Matches Profile HOME PWD This Event Sender switch foreach OFS PSItem
    null true false StackTrace IsLinux PSVersionTable MyInvocation AllNodes LASTEXITCODE
    Verbose Debug WhatIf Confirm ErrorAction ErrorVariable OutVariable OutBuffer vb db wi cf ea ov
    ErrorActionPreference VerbosePreference ProgressPreference WhatIfPreference
    NPSUrl Credential MfaCode SkipCertificateCheck server common token headers request path query
    value session login code text reply response network tls12 jsonBody1 PSBoundParameters
    class from import def global None True with yield match case type help h print json sys parser
    arguments client connect main show plain argparse quote UUID BODY_1
"""
ODD = ["$filter", "$top", "a-b", "a_b", "a.b", "a[b]", "a[]", "aB", "AB", "_x", "x1", "ids[0].name"]
PATHS = ["host", "input", "Error", "class", "verbose", "path", "a-b", "a.b", "_x", "jsonBody1"]


def page_of(names: list[str]) -> Page:
    """Return a page with placeholders, and with a query parameter for each name."""
    path = "/api/v1/Thing/" + "/".join(f"{{{name}}}" for name in PATHS)
    rows = [f"|{name}|path|string|true|none|" for name in PATHS]
    rows += [f"|{name}|query|string|false|none|" for name in names]
    return Page("C", "GET", path, content_type="application/json", rows=tuple(rows))


def distinct() -> list[str]:
    """Return every name once without regard to case, as a table of parameters may have it."""
    return list({name.lower(): name for name in (*_OWNED.split(), *ODD)}.values())
