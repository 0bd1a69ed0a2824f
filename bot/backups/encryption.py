"""Copies that leave the machine, in the format of age (age-encryption.org): the machine that writes them holds only a
public key and can't read them. The tool ``age`` opens them too, without this program."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from bot.errors import StartError

#: What an encrypted file's name ends with.
ENDING = ".age"


def public_keys(setting: str) -> Sequence[str]:
    """The keys in ``TSUNAGU_BACKUP_PUBLIC_KEY``: one or several, so that two people can each hold a private one."""
    return setting.replace(",", " ").split()


def encrypt(source: Path, target: Path, keys: Sequence[str]) -> None:
    """Write ``source`` to ``target`` so that only the holder of a private key to one of ``keys`` can read it."""
    import pyrage

    recipients = [pyrage.x25519.Recipient.from_str(key) for key in keys]
    # Through Python's own files: piece by piece, so that others get their turn meanwhile.
    with source.open("rb") as plain, target.open("wb") as hidden:
        pyrage.encrypt_io(plain, hidden, recipients)


def decrypt(source: Path, target: Path, private_keys: str) -> None:
    """Write ``source``, as it was before it was encrypted, to ``target``.

    ``private_keys`` is the text of a key file, as ``new_key`` or ``age-keygen`` write it.

    Raises:
        StartError: no key in it, none that opens the file, or the file is damaged.
    """
    import pyrage

    lines = [line.strip() for line in private_keys.splitlines()]
    try:
        identities = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError:
        identities = []
    if not identities:
        raise StartError("The file in --key has no private key (a line that begins with AGE-SECRET-KEY-1).")
    try:
        with source.open("rb") as hidden, target.open("wb") as plain:
            pyrage.decrypt_io(hidden, plain, identities)
    except pyrage.DecryptError as error:
        if "matching keys" in str(error):
            raise StartError(f"This key doesn't open {source.name}: it was encrypted for another key.") from None
        raise StartError(f"{source.name} is damaged. Use another backup.") from None
    except OSError as error:
        if error.errno is not None:
            raise
        raise StartError(f"{source.name} is damaged. Use another backup.") from None


def new_key(file: Path) -> str:
    """Write a new private key into ``file``, which only its owner can read, and return the public one.

    Raises:
        StartError: the file is there already, or can't be written.
    """
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as key_file:
            key_file.write(f"# public key: {public}\n{identity}\n")
    except FileExistsError:
        raise StartError(f"{file} already exists. Keys are never overwritten, so choose another file.") from None
    except OSError as error:
        raise StartError(f"{file} can't be written ({error.strerror}).") from None
    return public
