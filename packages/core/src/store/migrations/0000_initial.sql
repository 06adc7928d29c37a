CREATE SCHEMA IF NOT EXISTS "codex";
--> statement-breakpoint
CREATE TABLE "codex"."artifacts" (
	"digest" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"content" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "codex"."calls" (
	"run_id" uuid NOT NULL,
	"step_id" text NOT NULL,
	"attempt" integer NOT NULL,
	"n" integer NOT NULL,
	"kind" text NOT NULL,
	"request_digest" text NOT NULL,
	"result" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "calls_run_id_step_id_attempt_n_pk" PRIMARY KEY("run_id","step_id","attempt","n")
);
--> statement-breakpoint
CREATE TABLE "codex"."events" (
	"run_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"ts" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"step_id" text,
	"attempt" integer,
	"type" text NOT NULL,
	"data" jsonb NOT NULL,
	CONSTRAINT "events_run_id_seq_pk" PRIMARY KEY("run_id","seq")
);
--> statement-breakpoint
CREATE TABLE "codex"."nodes" (
	"id" text PRIMARY KEY NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "codex"."runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"status" text NOT NULL,
	"prompt" text NOT NULL,
	"plan" jsonb NOT NULL,
	"agent_sequence" text[] NOT NULL,
	"workflow" text,
	"session_id" uuid,
	"labels" jsonb NOT NULL,
	"idempotency_key" text,
	"request_digest" text NOT NULL,
	"epoch" integer DEFAULT 0 NOT NULL,
	"node" text,
	"last_seq" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"cancel_reason" text,
	"success" boolean DEFAULT false NOT NULL,
	"verified" boolean DEFAULT false NOT NULL,
	"base_tree" text,
	"head_tree" text,
	"patch" text DEFAULT '' NOT NULL,
	"verification" jsonb,
	"warnings" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"error" jsonb
);
--> statement-breakpoint
CREATE TABLE "codex"."sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"title" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"archived_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "codex"."steps" (
	"run_id" uuid NOT NULL,
	"id" text NOT NULL,
	"position" integer NOT NULL,
	"agent" text NOT NULL,
	"status" text NOT NULL,
	"attempts" integer NOT NULL,
	"model" text,
	"model_reason" text,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"input_tree" text,
	"output_tree" text,
	"usage" jsonb NOT NULL,
	"cost_usd" double precision,
	"artifacts" jsonb NOT NULL,
	"error" jsonb,
	CONSTRAINT "steps_run_id_id_pk" PRIMARY KEY("run_id","id")
);
--> statement-breakpoint
ALTER TABLE "codex"."calls" ADD CONSTRAINT "calls_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "codex"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "codex"."events" ADD CONSTRAINT "events_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "codex"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "codex"."runs" ADD CONSTRAINT "runs_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "codex"."sessions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "codex"."steps" ADD CONSTRAINT "steps_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "codex"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "runs_idempotency_key" ON "codex"."runs" USING btree ("idempotency_key");--> statement-breakpoint
CREATE INDEX "runs_status" ON "codex"."runs" USING btree ("status");--> statement-breakpoint
CREATE INDEX "runs_session" ON "codex"."runs" USING btree ("session_id","id");--> statement-breakpoint
CREATE INDEX "runs_search" ON "codex"."runs" USING gin (to_tsvector('simple', "prompt" || ' ' || "labels"::text));