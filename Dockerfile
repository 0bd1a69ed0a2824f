# syntax=docker/dockerfile:1
# Two stages: what builds stays behind, what runs is small. linux/amd64 and linux/arm64.
FROM python:3.12-slim-trixie AS build
WORKDIR /build
RUN python -m venv /venv
COPY requirements/postgres.txt requirements/s3.txt requirements/
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/postgres.txt \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/s3.txt

FROM python:3.12-slim-trixie
# pg_dump and pg_restore, for copies of a PostgreSQL database: of the version that compose.yaml names, or newer.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-17=17.* \
    && rm -rf /var/lib/apt/lists/*
# The one folder that is written to. Everything else may be mounted read-only.
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin tsunagu \
    && mkdir /data \
    && chown tsunagu /data
WORKDIR /app
COPY --from=build /venv /venv
COPY bot bot
COPY cogs cogs
COPY migrations migrations
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TSUNAGU_DATABASE_URL=sqlite+aiosqlite:////data/tsunagu.db \
    TSUNAGU_BACKUP_FOLDER=/data/backups \
    TSUNAGU_LOG_FORMAT=json
USER 10001
VOLUME /data
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-m", "bot", "healthy"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
