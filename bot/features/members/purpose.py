"""What people's data are for: the notice that each agrees to before anything is kept."""

from __future__ import annotations

from bot.i18n import N_

#: Goes up whenever the notice says something else; who agreed to an older one is asked again.
VERSION = "2026-11-22.2"

NOTICE = (
    N_(
        "**What it is for:** running {name}: letting you take part, telling you what you asked to be told, and letting "
        "your LC and the national officers know who is there. Nothing else."
    ),
    N_(
        "**What is kept:** your Discord account, name and its reading, school and year, LC, the committees that "
        "interest you, and how you want to be reached. Later also your memberships and fees (with the payer's name), "
        "steps towards staff, what you acknowledge and answer, and on each 1 April whether you stay. No birth date, no "
        "phone number, no address."
    ),
    N_(
        "**Who sees it:** the officers of your own LC and the national officers in charge. Others only if you choose "
        "so. Your roles in a server show everybody there your LC, your posts and your kind of membership."
    ),
    N_(
        "**How long:** until you delete it. If nothing is heard of you for more than a fiscal year, you are asked in "
        "/home (directly only if you choose direct messages); without an answer it is deleted after 60 days."
    ),
    N_("**Where it is:** in the bot's database and, as with everything here, your messages at Discord."),
    N_(
        "**It stays yours:** with /me you see and correct it at any time, with /mydata you take it along or delete it. "
        "Questions go to the national officers."
    ),
)
