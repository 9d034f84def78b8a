# The image of web, worker, beat, projector and migrate. It installs with the files and steps of the Makefile, so that
# what the tests prove holds here too.
FROM python:3.11-slim-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/loyalty
COPY Makefile ./
COPY requirements/ requirements/
RUN make production
COPY manage.py ./
COPY loyalty/ loyalty/
COPY customers/ customers/
COPY earning/ earning/
COPY rewards/ rewards/
COPY omnichannel/ omnichannel/
COPY support/ support/
COPY pos/ pos/
COPY templates/ templates/
COPY locale/ locale/
COPY locale_vendor/ locale_vendor/
RUN make static

FROM python:3.11-slim-bookworm
ENV PATH=/srv/loyalty/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin loyalty \
    && install --directory --owner=loyalty --group=loyalty /srv/anchors /srv/photos
WORKDIR /srv/loyalty
COPY --from=build /srv/loyalty /srv/loyalty
USER 10001:10001
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "--config", "python:loyalty.serving", "loyalty.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "3", "--preload", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
