"""Anybody checks a certificate: the code and the name on it, and the answer is yes or no."""

from __future__ import annotations

from discord.utils import escape_markdown

from bot.features.certificates.service import CertificateService
from bot.i18n import N_
from bot.ui.certificates import verdict_lines
from bot.ui.fields import Text
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.opening import button_to_form
from bot.ui.pages import Page
from bot.ui.requests import MemberRequest


class CheckForm(Form, route="certificates:check_form", title=N_("Check a certificate")):
    code = Text(N_("Code"), 40, hint=N_("12 letters and digits at the foot of the certificate, such as ABCD-EFGH-JKL3"))
    name = Text(N_("Name on the certificate"), 100)

    async def act(self, request: MemberRequest) -> None:
        found = await request.services[CertificateService].check(request.actor, self.code, self.name)
        words = request.words
        text = "\n".join(escape_markdown(one) for one in verdict_lines(found, words))
        again = CheckButton.make(words("Check another one"))
        await request.show(Page(words("Check a certificate"), text, rows=[[again, home_button(words)]]))


CheckButton = button_to_form("certificates:check", CheckForm)
