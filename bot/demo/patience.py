"""A simulated Discord that doesn't mind a busy machine."""

from __future__ import annotations

import simcord

#: Real seconds for what one action sets going: only something that hangs takes so long.
PATIENCE = 120


class PatientEnv(simcord.Env):
    """The simulation takes one figure both for the timers that it waits for and for how long work may take. Here the
    first stays as it is, a few seconds, and work is given ``PATIENCE``."""

    async def _settle_internal(
        self,
        *,
        timeout: float | None = None,  # noqa: ASYNC109
        idle: float = 0.05,
        dispatch: str | None = None,
        _deadline: float | None = None,
    ) -> None:
        assert self._loop is not None
        end = self._loop.time() + PATIENCE
        while True:
            try:
                await super()._settle_internal(timeout=timeout, idle=idle, dispatch=dispatch)
            except TimeoutError:
                if self._loop.time() > end:
                    raise
            else:
                return

    async def _advance_to(self, target: float, deadline: float) -> None:
        assert self._loop is not None
        await super()._advance_to(target, max(deadline, self._loop.time() + 2 * PATIENCE))
