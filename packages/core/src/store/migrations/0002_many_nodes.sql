CREATE TABLE "codex"."archives" (
	"run_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"rows" integer NOT NULL,
	"content" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "archives_run_id_kind_pk" PRIMARY KEY("run_id","kind")
);
--> statement-breakpoint
CREATE TABLE "codex"."budget_accounts" (
	"scope" text NOT NULL,
	"id" text NOT NULL,
	"period" text DEFAULT '' NOT NULL,
	"usd" double precision DEFAULT 0 NOT NULL,
	"tokens" bigint DEFAULT 0 NOT NULL,
	"active_ms" double precision DEFAULT 0 NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "budget_accounts_scope_id_period_pk" PRIMARY KEY("scope","id","period")
);
--> statement-breakpoint
CREATE TABLE "codex"."budget_reservations" (
	"run_id" uuid NOT NULL,
	"epoch" integer NOT NULL,
	"step_id" text NOT NULL,
	"attempt" integer NOT NULL,
	"n" integer NOT NULL,
	"accounts" jsonb NOT NULL,
	"usd" double precision NOT NULL,
	"tokens" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "budget_reservations_run_id_step_id_attempt_n_pk" PRIMARY KEY("run_id","step_id","attempt","n")
);
--> statement-breakpoint
CREATE TABLE "codex"."base_packs" (
	"tree" text PRIMARY KEY NOT NULL,
	"content" "bytea" NOT NULL,
	"used_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "codex"."packs" (
	"run_id" uuid NOT NULL,
	"tree" text NOT NULL,
	"base_tree" text NOT NULL,
	"n" integer NOT NULL,
	"content" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "packs_run_id_tree_pk" PRIMARY KEY("run_id","tree")
);
--> statement-breakpoint
CREATE TABLE "codex"."schedules" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"cron" text NOT NULL,
	"time_zone" text DEFAULT 'UTC' NOT NULL,
	"request" jsonb NOT NULL,
	"principal" text,
	"paused" boolean DEFAULT false NOT NULL,
	"last_run_id" uuid,
	"last_error" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "codex"."webhook_deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"run_id" uuid NOT NULL,
	"url" text NOT NULL,
	"event_type" text NOT NULL,
	"seq" integer NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
DROP INDEX "codex"."runs_idempotency_key";--> statement-breakpoint
DROP INDEX "codex"."runs_search";--> statement-breakpoint
ALTER TABLE "codex"."nodes" ADD COLUMN "role" text DEFAULT 'all' NOT NULL;--> statement-breakpoint
ALTER TABLE "codex"."nodes" ADD COLUMN "version" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "codex"."nodes" ADD COLUMN "formats" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "codex"."nodes" ADD COLUMN "max_concurrent_runs" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "codex"."nodes" ADD COLUMN "host" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "codex"."nodes" ADD COLUMN "pid" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "codex"."runs" ADD COLUMN "format" text DEFAULT '1' NOT NULL;--> statement-breakpoint
ALTER TABLE "codex"."runs" ADD COLUMN "principal" text;--> statement-breakpoint
ALTER TABLE "codex"."runs" ADD COLUMN "priority" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "codex"."runs" ADD COLUMN "not_before" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "codex"."runs" ADD COLUMN "deadline" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "codex"."runs" ADD COLUMN "predecessor_id" uuid;--> statement-breakpoint
ALTER TABLE "codex"."runs" ADD COLUMN "origin_id" uuid;--> statement-breakpoint
ALTER TABLE "codex"."runs" ADD COLUMN "origin_kind" text;--> statement-breakpoint
ALTER TABLE "codex"."runs" ADD COLUMN "origin_step" text;--> statement-breakpoint
ALTER TABLE "codex"."runs" ADD COLUMN "schedule_id" uuid;--> statement-breakpoint
ALTER TABLE "codex"."runs" ADD COLUMN "webhook" jsonb;--> statement-breakpoint
ALTER TABLE "codex"."runs" ADD COLUMN "waiting" jsonb;--> statement-breakpoint
ALTER TABLE "codex"."runs" ADD COLUMN "active_ms" double precision DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "codex"."runs" ADD COLUMN "active_since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "codex"."runs" ADD COLUMN "stored_bytes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "codex"."runs" ADD COLUMN "summary" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "codex"."runs" ADD COLUMN "compacted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "codex"."sessions" ADD COLUMN "repository" jsonb;--> statement-breakpoint
ALTER TABLE "codex"."sessions" ADD COLUMN "context" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "codex"."sessions" ADD COLUMN "policy" text DEFAULT 'enqueue' NOT NULL;--> statement-breakpoint
ALTER TABLE "codex"."sessions" ADD COLUMN "budget" jsonb;--> statement-breakpoint
ALTER TABLE "codex"."archives" ADD CONSTRAINT "archives_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "codex"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "codex"."budget_reservations" ADD CONSTRAINT "budget_reservations_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "codex"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "codex"."packs" ADD CONSTRAINT "packs_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "codex"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "codex"."webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "codex"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "base_packs_used_at" ON "codex"."base_packs" USING btree ("used_at");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_run" ON "codex"."webhook_deliveries" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_status" ON "codex"."webhook_deliveries" USING btree ("status");--> statement-breakpoint
CREATE INDEX "runs_predecessor" ON "codex"."runs" USING btree ("predecessor_id") WHERE "codex"."runs"."predecessor_id" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "runs_ended" ON "codex"."runs" USING btree ("ended_at");--> statement-breakpoint
CREATE UNIQUE INDEX "runs_idempotency_key" ON "codex"."runs" USING btree (COALESCE("principal", ''),"idempotency_key");--> statement-breakpoint
CREATE INDEX "runs_search" ON "codex"."runs" USING gin (to_tsvector('simple', "prompt" || ' ' || "labels"::text || ' ' || "summary"));