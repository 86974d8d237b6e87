-- A bug tracker: organisations, projects, issues and their workflows, sprints, code reviews, builds and webhooks.
--
-- Begun with an object mapper, so its older half has "createdAt" and "PK_" names; the newer half is by people who
-- write SQL, in the schemas `search` and `ops`. The one to show: quoted and awkward names, enums of an object mapper
-- and in arrays, long lists of foreign keys with every action, deferrable and not valid constraints, json in its
-- forms, partial and expression indexes, triggers of all kinds, and tables that only grew.

create schema search;
create schema ops;
comment on schema ops is 'Jobs, hooks, builds. Not for the web process.';

create type "User_status_enum" as enum ('invited', 'active', 'suspended', 'left');
create type "Issue_type_enum" as enum ('bug', 'task', 'story', 'epic');
alter type "Issue_type_enum" add value 'sub-task' after 'task';
alter type "Issue_type_enum" add value if not exists 'incident' before 'bug';
create type "Issue_priority_enum" as enum ('P0 — now', 'P1', 'P2', 'P3', '');
create type "LinkKind" as enum ('blocks', 'duplicates', 'relates to', 'caused by');
create type "Permission" as enum ('read', 'comment', 'edit', 'triage', 'administer');
create type ops.build_result as enum ('pending', 'passed', 'failed', 'cancelled');
create type ops."retryPolicy" as ("maxAttempts" smallint, backoff interval second(3), "giveUpAfter" interval hour);
comment on type "Issue_priority_enum" is 'The empty one is from the import of 2019.';
comment on type ops."retryPolicy" is 'How often, how slowly, how long.';

create domain "ProjectKey" as varchar(10) collate "C" constraint "ProjectKey_shape" check (value ~ '^[A-Z][A-Z0-9]+$');
create domain "HexColour" as char(7) default '#cccccc' check (value ~* '^#[0-9a-f]{6}$');
create domain "NonEmpty" as text not null constraint "NonEmpty_trimmed" check (btrim(value) <> '');
create domain ops.sha as bytea check (octet_length(value) in (20, 32));
create domain "Points" as numeric(4,1) check (value >= 0) check (value < 1000);
comment on domain "ProjectKey" is 'The BUG of BUG-42.';

create sequence "Ticket_seq" start with 1 increment by 1 cache 50;
create sequence ops.job_priority_seq as integer increment by 100 minvalue -2147483648 start with 0;

create function "setUpdatedAt"() returns trigger language plpgsql as $$
begin
  new."updatedAt" = now();
  return new;
end;
$$;
create function ops.short_sha(ops.sha) returns text language sql immutable strict parallel safe
  return left(encode($1, 'hex'), 8);
create function "isWorkday"("day" date) returns boolean language sql immutable strict parallel safe
  as $$ select extract(isodow from "day") < 6 $$;
create function search.plain(markdown text) returns text language plpgsql immutable parallel restricted as $fn$
begin
  -- Links keep their words; code goes.
  markdown := regexp_replace(markdown, '\[([^]]*)\]\([^)]*\)', '\1', 'g');
  return regexp_replace(markdown, '`[^`]*`', '', 'g');
end
$fn$;
comment on function search.plain(text) is 'Markdown without its marks.';

create table "Organisation" (
  "id" uuid not null default gen_random_uuid(),
  "name" character varying not null,
  "slug" character varying(63) not null,
  "plan" character varying not null default 'free',
  "settings" jsonb not null default '{"theme": "dark", "locale": "en"}',
  "createdAt" timestamp without time zone not null default now(),
  "updatedAt" timestamp without time zone not null default now(),
  "deletedAt" timestamp without time zone,
  constraint "PK_67bcafc78935cd441a054c6d4ea" primary key ("id"),
  constraint "UQ_a08804baa7c5d5427067c49a31f" unique ("slug"),
  constraint "CHK_slug" check ("slug" ~ '^[a-z0-9-]+$')
);
create table "User" (
  "id" serial not null,
  "email" character varying not null,
  "displayName" "NonEmpty",
  "passwordHash" character varying(100),
  "status" "User_status_enum" not null default 'invited',
  "timeZone" text not null default 'Etc/UTC',
  "avatar" bytea,
  "lastSeenFrom" inet,
  "preferences" json,
  "createdAt" timestamp(3) with time zone not null default now(),
  "updatedAt" timestamp(3) with time zone not null default now(),
  constraint "PK_cace4a159ff9f2512dd42373760" primary key ("id")
);
create unique index "IDX_user_email" on "User" (lower("email"));
alter table "User" alter column "avatar" set storage external;
create table "UserEmail" (
  "id" serial primary key,
  "userId" integer not null references "User" on delete cascade,
  "email" varchar(254) not null,
  "isPrimary" boolean not null default false,
  "verifiedAt" timestamptz,
  constraint "UQ_one_primary" exclude ("userId" with =) where ("isPrimary")
);
create table "UserSession" (
  "token" char(64) primary key,
  "userId" integer not null references "User" on delete cascade,
  "address" inet, "agent" text,
  "expires" timestamptz not null default now() + interval '30 days'
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 5);
create index on "UserSession" using hash ("userId");
create table "ApiToken" (
  "id" uuid primary key default gen_random_uuid(),
  "userId" integer not null references "User" on delete cascade on update cascade,
  "hash" bytea not null unique,
  "scopes" "Permission"[] not null default '{read}',
  "lastUsed" timestamptz,
  "allowedFrom" cidr[]
);
create index "ApiToken_scopes" on "ApiToken" using gin ("scopes");
create table "Membership" (
  "organisationId" uuid not null references "Organisation" on delete cascade,
  "userId" integer not null references "User" on delete cascade,
  "role" text not null default 'member' check ("role" in ('owner', 'admin', 'member', 'guest')),
  "since" date not null default current_date,
  constraint "PK_membership" primary key ("organisationId", "userId") include ("role")
);
create table "Team" (
  "id" serial primary key,
  "organisationId" uuid not null,
  "name" varchar(80) not null,
  "parentTeamId" integer,
  constraint "FK_team_organisation" foreign key ("organisationId") references "Organisation" ("id") on delete cascade,
  constraint "FK_team_parent" foreign key ("parentTeamId") references "Team" ("id") on delete set null,
  constraint "UQ_team" unique nulls not distinct ("organisationId", "parentTeamId", "name")
);
create table "TeamMember" (
  "teamId" integer references "Team" on delete cascade,
  "userId" integer references "User" on delete cascade,
  "isLead" boolean default false,
  primary key ("teamId", "userId")
);
create index "TeamMember_lead" on "TeamMember" ("teamId") where "isLead" is true;

create table "Project" (
  "id" serial not null primary key,
  "organisationId" uuid not null references "Organisation" ("id") on delete restrict,
  "key" "ProjectKey" not null,
  "name" character varying(120) not null,
  "leadId" integer references "User" ("id") on delete set null,
  "defaultIssueId" bigint,
  "description" text,
  "isArchived" boolean not null default false,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now(),
  unique ("organisationId", "key")
);
create table "ProjectMember" (
  "projectId" integer not null references "Project" on delete cascade,
  "userId" integer references "User" on delete cascade,
  "teamId" integer references "Team" on delete cascade,
  "permission" "Permission" not null default 'read',
  constraint "ProjectMember_who" check (num_nonnulls("userId", "teamId") = 1)
);
create unique index "ProjectMember_key" on "ProjectMember" ("projectId", "userId", "teamId") nulls not distinct;
comment on constraint "ProjectMember_who" on "ProjectMember" is 'A person or a team.';
comment on index "ProjectMember_key" is 'There is no primary key, for no good reason.';

create table "Workflow" (
  "id" serial primary key,
  "projectId" integer references "Project" on delete cascade,
  "name" text not null,
  "initialStatusId" integer
);
create table "Status" (
  "id" serial primary key,
  "workflowId" integer not null references "Workflow" on delete cascade,
  "name" varchar(40) not null,
  "position" smallint not null,
  "isFinal" boolean not null default false,
  "colour" "HexColour",
  constraint "Status_position" unique ("workflowId", "position") deferrable initially deferred,
  unique ("workflowId", "id")
);
alter table "Workflow" add constraint "FK_initial_status" foreign key ("id", "initialStatusId")
  references "Status" ("workflowId", "id") deferrable initially deferred;
create table "Transition" (
  "workflowId" integer not null,
  "fromId" integer not null,
  "toId" integer not null,
  "needs" "Permission" default 'edit',
  "screen" jsonb default null,
  primary key ("fromId", "toId"),
  foreign key ("workflowId", "fromId") references "Status" ("workflowId", "id") on delete cascade,
  foreign key ("workflowId", "toId") references "Status" ("workflowId", "id") on delete cascade on update cascade,
  check ("fromId" <> "toId")
);

create table "Component" (
  "id" serial primary key,
  "projectId" integer not null references "Project" on delete cascade,
  "name" varchar(80) not null,
  "ownerId" integer references "User" on delete set null,
  "paths" text[] not null default '{}',
  unique ("projectId", "name")
);
create table "Version" (
  "id" serial primary key,
  "projectId" integer not null references "Project" on delete cascade,
  "name" varchar(40) not null,
  "parts" integer[] generated always as (string_to_array(substring("name" from '^\d+(?:\.\d+)*'), '.')::integer[]) stored,
  "releasedOn" date,
  "support" daterange,
  unique ("projectId", "name")
);
create index "Version_order" on "Version" ("projectId", "parts" desc nulls last);
create table "Milestone" (
  "id" serial primary key,
  "projectId" integer not null references "Project",
  "title" text not null,
  "due" date,
  constraint "due on a workday" check ("isWorkday"("due"))
);
create table "Sprint" (
  "id" serial primary key,
  "teamId" integer not null references "Team" on delete cascade,
  "during" daterange not null,
  "goal" text,
  "capacity" "Points" default 20,
  constraint "Sprint_no_overlap" exclude using gist (int4range("teamId", "teamId", '[]') with =, "during" with &&)
    deferrable initially deferred
);
create table "Label" (
  "id" serial primary key,
  "projectId" integer references "Project" on delete cascade,
  "name" varchar(50) not null,
  "colour" "HexColour"
);
create unique index "Label_name" on "Label" (coalesce("projectId", 0), lower("name"));

create table "Issue" (
  "id" bigint not null default nextval('"Ticket_seq"'),
  "projectId" integer not null,
  "number" integer not null,
  "type" "Issue_type_enum" not null default 'bug',
  "priority" "Issue_priority_enum" not null default 'P2'::"Issue_priority_enum",
  "title" character varying(255) not null,
  "body" text not null default '',
  "workflowId" integer,
  "statusId" integer,
  "reporterId" integer,
  "assigneeId" integer,
  "parentId" bigint,
  "milestoneId" integer,
  "sprintId" integer,
  "points" "Points",
  "custom" jsonb not null default '{}'::jsonb,
  "dueOn" date,
  "environment" varchar(200)[] default array[]::varchar[],
  "rank" text collate "C" not null default 'm',
  "search" tsvector generated always as (
    setweight(to_tsvector('english', "title"), 'A') || setweight(to_tsvector('english', search.plain("body")), 'D')) stored,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now(),
  "closedAt" timestamptz,
  constraint "PK_Issue" primary key ("id"),
  constraint "UQ_Issue_number" unique ("projectId", "number") include ("title"),
  constraint "FK_Issue_project" foreign key ("projectId") references "Project" ("id") on delete cascade on update no action,
  constraint "FK_Issue_status" foreign key ("workflowId", "statusId") references "Status" ("workflowId", "id") match full
    on delete restrict,
  constraint "FK_Issue_reporter" foreign key ("reporterId") references "User" ("id") on delete set null,
  constraint "FK_Issue_assignee" foreign key ("assigneeId") references "User" ("id") on delete set null,
  constraint "FK_Issue_parent" foreign key ("parentId") references "Issue" ("id") on delete set null deferrable,
  constraint "FK_Issue_milestone" foreign key ("milestoneId") references "Milestone" ("id") on delete set null,
  constraint "FK_Issue_sprint" foreign key ("sprintId") references "Sprint" ("id") on delete set default
) with (fillfactor = 70, toast_tuple_target = 4080, parallel_workers = 4);
alter sequence "Ticket_seq" owned by "Issue"."id";
alter table "Issue" add constraint "Issue_closed_after_created" check ("closedAt" >= "createdAt") not valid;
alter table "Issue" add constraint "Issue_custom_is_object" check (jsonb_typeof("custom") = 'object');
alter table "Project" add constraint "FK_Project_default_issue" foreign key ("defaultIssueId") references "Issue" on delete set null;
comment on table "Issue" is 'One row is one ticket; "number" counts within its project.';
comment on column "Issue"."rank" is 'A string between its neighbours'' strings.';
create index "IDX_Issue_assignee_open" on "Issue" ("assigneeId", "priority", "dueOn" nulls first) where "closedAt" is null;
create index "IDX_Issue_rank" on "Issue" ("sprintId", "rank" collate "C");
create index "IDX_Issue_search" on "Issue" using gin ("search") with (fastupdate = on, gin_pending_list_limit = 2048);
create index "IDX_Issue_custom" on "Issue" using gin ("custom");
create index "IDX_Issue_severity" on "Issue" ((("custom" ->> 'severity')::integer)) where "custom" ? 'severity';
create index "IDX_Issue_created" on "Issue" using brin ("createdAt") with (pages_per_range = 64);
create index "IDX an awkward name, with ""quotes"" and $dollars$" on "Issue" ("parentId");
alter table "Issue" cluster on "IDX_Issue_rank";
alter table "Issue" alter column "projectId" set statistics 1000;
alter table "Issue" alter column "reporterId" set (n_distinct = -0.05);

create table "IssueLabel" (
  "issueId" bigint not null references "Issue" on delete cascade, "labelId" integer not null references "Label" on delete cascade,
  primary key ("issueId", "labelId"));
create index "IssueLabel_reverse" on "IssueLabel" ("labelId", "issueId");
create table "IssueComponent" (
  "issueId" bigint not null references "Issue" on delete cascade, "componentId" integer not null references "Component" on delete restrict,
  primary key ("issueId", "componentId"));
create table "IssueVersion" (
  "issueId" bigint references "Issue" on delete cascade, "versionId" integer references "Version",
  "kind" char(1) default 'A' check ("kind" = any (array['A', 'F'])), -- affects, fixed
  primary key ("issueId", "versionId", "kind"));
create table "IssueLink" (
  "fromId" bigint not null references "Issue" on delete cascade,
  "toId" bigint not null references "Issue" on delete cascade,
  "kind" "LinkKind" not null,
  "createdBy" integer references "User" on delete set null,
  constraint "IssueLink_pkey" primary key ("fromId", "toId", "kind"),
  constraint "IssueLink_not_self" check ("fromId" <> "toId")
);
create unique index "IssueLink_once" on "IssueLink" (least("fromId", "toId"), greatest("fromId", "toId")) where "kind" = 'relates to';
create table "Watcher" ("issueId" bigint references "Issue" on delete cascade, "userId" integer references "User" on delete cascade, primary key ("issueId", "userId"));
create table "Vote" ("issueId" bigint, "userId" integer, "at" timestamptz default now(), primary key ("userId", "issueId"));
alter table "Vote" add foreign key ("issueId") references "Issue" on delete cascade not valid;
alter table "Vote" add foreign key ("userId") references "User" on delete cascade not valid;

create table "Comment" (
  "id" bigserial primary key,
  "issueId" bigint not null references "Issue" on delete cascade,
  "authorId" integer references "User" on delete set null,
  "replyToId" bigint references "Comment" on delete set null ("replyToId"),
  "body" "NonEmpty",
  "isInternal" boolean not null default false,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);
create index on "Comment" ("issueId", "createdAt");
create table "CommentEdit" ("commentId" bigint not null references "Comment" on delete cascade, "at" timestamptz not null default now(), "before" text, "by" integer, primary key ("commentId", "at"));
create table "Reaction" (
  "commentId" bigint not null references "Comment" on delete cascade,
  "userId" integer not null references "User" on delete cascade,
  "emoji" varchar(8) not null default '👍',
  primary key ("commentId", "userId", "emoji")
);
create table "Attachment" (
  "id" uuid primary key default gen_random_uuid(),
  "issueId" bigint references "Issue" on delete cascade,
  "commentId" bigint references "Comment" on delete cascade,
  "fileName" text not null,
  "size" bigint not null check ("size" > 0 and "size" <= 100 * 1024 * 1024),
  "mime" text not null default 'application/octet-stream',
  "sha256" ops.sha,
  "thumbnail" bytea,
  check (("issueId" is null) <> ("commentId" is null))
);
create index on "Attachment" ("sha256") include ("size");
create table "Mention" ("commentId" bigint not null, "userId" integer not null, "offset" int4range, primary key ("commentId", "userId"), constraint "FK_mention" foreign key ("commentId") references "Comment" on delete cascade, foreign key ("userId") references "User");
create table "WorkLog" (
  "id" serial primary key,
  "issueId" bigint not null references "Issue",
  "userId" integer not null references "User",
  "spent" interval hour to minute not null,
  "on" date not null default ('now'::text)::date,
  "at" tstzrange,
  constraint "WorkLog_positive" check ("spent" > '00:00:00'::interval),
  constraint "WorkLog_one_thing_at_a_time" exclude using gist (int4range("userId", "userId", '[]') with =, "at" with &&) where ("at" is not null)
);
create table "Estimate" ("issueId" bigint not null references "Issue" on delete cascade, "userId" integer not null references "User", "points" "Points" not null, "confidence" numeric(3,2), primary key ("issueId", "userId"));

create table "CustomField" (
  "id" serial primary key,
  "projectId" integer not null references "Project" on delete cascade,
  "name" varchar(40) not null,
  "path" jsonpath not null default '$.*',
  "options" text[] ,
  "defaultValue" jsonb default 'null'::jsonb,
  constraint "CustomField_name" unique ("projectId", "name")
);
create table "IssueChange" (
  "id" bigint generated by default as identity primary key,
  "issueId" bigint not null,
  "userId" integer,
  "field" varchar(60) not null,
  "old" jsonb, "new" jsonb,
  "transaction" xid8 not null default pg_current_xact_id(),
  "at" timestamptz not null default transaction_timestamp()
);
create index "IssueChange_issue" on "IssueChange" ("issueId", "at" desc) with (fillfactor = 100);
alter table "IssueChange" replica identity full;
create table "Filter" ("id" serial primary key, "ownerId" integer not null references "User" on delete cascade, "name" text not null, "query" text not null, "sharedWith" integer[] not null default '{}', "columns" name[] default '{id,title}');
create table "Board" ("id" serial primary key, "projectId" integer not null references "Project" on delete cascade, "filterId" integer references "Filter" on delete restrict, "swimlanes" jsonb[] default '{}');
create table "BoardColumn" ("boardId" integer references "Board" on delete cascade, "position" smallint, "statusIds" integer[] not null, "limit" smallint check ("limit" > 0), primary key ("boardId", "position"));
alter table "BoardColumn" drop constraint "BoardColumn_pkey", add constraint "BoardColumn_pkey" primary key ("boardId", "position") deferrable initially immediate;
create table "Dashboard" ("id" serial primary key, "ownerId" integer references "User" on delete set null, "title" text default 'Untitled', "layout" integer[4][4]);
create table "Widget" ("id" serial primary key, "dashboardId" integer not null references "Dashboard" on delete cascade, "kind" text not null, "config" json default '{}', "area" box);
create table "Notification" (
  "id" bigserial primary key,
  "userId" integer not null references "User" on delete cascade,
  "issueId" bigint references "Issue" on delete cascade,
  "kind" text not null,
  "readAt" timestamptz,
  "createdAt" timestamptz not null default now()
) with (autovacuum_enabled = true, autovacuum_vacuum_threshold = 500);
create index "Notification_unread" on "Notification" ("userId", "createdAt" desc) where "readAt" is null;
create table "NotificationRule" ("userId" integer not null references "User" on delete cascade, "event" text not null, "channels" text[] not null default '{mail,web}'::text[], "quiet" timetz[2], primary key ("userId", "event"));
create table "Template" ("id" serial primary key, "projectId" integer references "Project" on delete cascade, "type" "Issue_type_enum", "body" text default E'## Steps\n\n1. \n\n## Expected\n');
create table "Announcement" ("text" text, "visible" tstzrange default tstzrange(now(), 'infinity'), "audience" "User_status_enum"[] default array['active'::"User_status_enum"]);
create table "SavedReply" ("id" integer generated always as identity (start 1 increment 5), "organisationId" uuid not null references "Organisation", "title" "NonEmpty", "body" text, primary key ("organisationId", "id"));
create table "ImportedUser" ("source" text, "externalId" text, "userId" integer references "User" on update set null on delete set null, primary key ("source", "externalId"));
create table "typeorm_metadata" ("type" varchar not null, "database" varchar, "schema" varchar, "table" varchar, "name" varchar, "value" text);
create table migrations (id serial not null, "timestamp" bigint not null, name varchar not null, constraint "PK_8c82d7f526340ab734260ea46be" primary key (id));

create table "NotificationPreferencesOfExternalCollaborators" (
  "externalCollaboratorIdentifier" integer not null references "User" on delete cascade,
  "organisationOfTheCollaborator" uuid not null references "Organisation" on delete cascade,
  "preferredChannelForUrgentIssues" text not null unique default 'mail' check ("preferredChannelForUrgentIssues" <> ''),
  primary key ("externalCollaboratorIdentifier", "organisationOfTheCollaborator"),
  unique ("organisationOfTheCollaborator", "preferredChannelForUrgentIssues")
);
create index on "NotificationPreferencesOfExternalCollaborators" (lower("preferredChannelForUrgentIssues"));
create index on "WorkLog" ("issueId");
create index on "WorkLog" ("issueId");

-- The newer half.

create table ops.repository (
  id bigint generated always as identity primary key,
  project_id integer not null references public."Project" on delete cascade,
  url text not null unique,
  default_branch text not null default 'main',
  secret_hint varchar(4)
);
create table ops.commit (
  repository_id bigint not null references ops.repository on delete cascade,
  sha ops.sha not null,
  parents ops.sha[] not null default '{}',
  author_id integer references public."User" on delete set null,
  message text not null,
  committed timestamptz(0) not null,
  short text generated always as (ops.short_sha(sha)) stored,
  primary key (repository_id, sha)
);
create index commit_short on ops.commit (short text_pattern_ops);
create table ops.commit_issue (
  repository_id bigint, sha ops.sha, issue_id bigint references public."Issue" on delete cascade,
  primary key (repository_id, sha, issue_id),
  foreign key (repository_id, sha) references ops.commit on delete cascade on update cascade
);
create table ops.pull_request (
  id bigint generated always as identity (minvalue 1 maxvalue 9999999999 no cycle) primary key,
  repository_id bigint not null references ops.repository,
  number integer not null,
  head ops.sha, base ops.sha,
  merged ops.sha,
  state text not null default 'open' check (state in ('open', 'merged', 'closed')),
  constraint pull_request_number unique (repository_id, number),
  constraint pull_request_merged check ((state = 'merged') = (merged is not null)),
  constraint pull_request_head foreign key (repository_id, head) references ops.commit on delete set null (head)
);
create table ops.review (
  pull_request_id bigint not null references ops.pull_request on delete cascade,
  reviewer_id integer not null references public."User" on delete cascade,
  verdict smallint not null default 0 check (verdict in (-1, 0, 1)),
  at timestamptz not null default now(),
  primary key (pull_request_id, reviewer_id, at)
);
create table ops.build (
  id bigint generated always as identity primary key,
  repository_id bigint not null,
  sha ops.sha not null,
  result ops.build_result not null default 'pending',
  started timestamptz not null default now(),
  finished timestamptz,
  took interval generated always as (finished - started) stored,
  log text compression pglz,
  foreign key (repository_id, sha) references ops.commit match simple on delete cascade,
  check (finished >= started)
) with (toast.autovacuum_vacuum_scale_factor = 0.1, toast.vacuum_truncate = false);
create index build_running on ops.build (started) where result = 'pending'::ops.build_result;
create table ops.webhook (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references public."Organisation" on delete cascade,
  url text not null check (url like 'https://%'),
  events text[] not null check (cardinality(events) > 0),
  retry ops."retryPolicy" not null default row(5, '1 second', '24 hours')::ops."retryPolicy"
);
create table ops.delivery (
  webhook_id uuid not null references ops.webhook on delete cascade,
  id bigint generated by default as identity,
  body jsonb not null,
  status smallint,
  attempts smallint not null default 0,
  next_attempt timestamptz default now(),
  primary key (webhook_id, id)
);
create index delivery_due on ops.delivery (next_attempt) include (webhook_id, attempts) where status is null or status >= 500;
create unlogged table ops.job (
  id bigint generated always as identity primary key,
  queue text not null default 'default',
  priority integer not null default nextval('ops.job_priority_seq'::regclass),
  payload jsonb not null,
  handler regproc,
  relation regclass,
  run_at timestamptz not null default now(),
  lsn pg_lsn
);
create index job_next on ops.job (queue, priority desc, run_at) where run_at is not null;
create table search.synonym (word text primary key, expands tsquery not null);
create table search.saved (user_id integer not null references public."User" on delete cascade, query tsquery not null, created date default current_date);
create index saved_query on search.saved using gist (query tsquery_ops);
create table search.click (query text, issue_id bigint, rank smallint, at timestamptz default now());

-- Functions.

create function "nextIssueNumber"("projectId" integer) returns integer language plpgsql volatile strict as $$
declare
  result integer;
begin
  perform pg_advisory_xact_lock(4711, "projectId");
  select coalesce(max(i."number"), 0) + 1 into result from public."Issue" i where i."projectId" = "nextIssueNumber"."projectId";
  return result;
end
$$;
create function "issueKey"("Issue") returns text language sql stable
  as $$ select p."key" || '-' || $1."number" from public."Project" p where p."id" = $1."projectId" $$;
comment on function "issueKey"("Issue") is 'BUG-42';
create function "permissionOf"("user" integer, "project" integer) returns "Permission"
  language sql stable security definer set search_path = public set work_mem = '8MB'
  as $$
    select max(m."permission") from "ProjectMember" m
    where m."projectId" = "project" and (m."userId" = "user"
      or m."teamId" in (select t."teamId" from "TeamMember" t where t."userId" = "user"))
  $$;
create function search.issues(query text, "limit" integer default 20, "offset" integer default 0, out id bigint, out headline text, out rank real)
  returns setof record language plpgsql stable rows 20 as $$
begin
  return query
    select i."id", ts_headline('english', i."title", q), ts_rank_cd(i."search", q)
    from public."Issue" i, websearch_to_tsquery('english', query) q
    where i."search" @@ q order by 3 desc limit "limit" offset "offset";
end
$$;
create function ops.take_job(variadic queues text[] default array['default']) returns ops.job language sql as $$
  delete from ops.job where id = (
    select id from ops.job where queue = any (queues) and run_at <= now()
    order by priority desc, run_at for update skip locked limit 1) returning *
$$;
create function "toJson"(anyelement, pretty boolean default false) returns jsonb language sql stable as 'select to_jsonb($1)';
create function "toJson"(anyarray) returns jsonb language sql stable as 'select to_jsonb($1)';
create procedure ops.purge(older_than interval default '90 days', inout deleted bigint default 0) language plpgsql as $$
begin
  delete from ops.delivery d using ops.webhook w where w.id = d.webhook_id and d.next_attempt < now() - older_than;
  get diagnostics deleted = row_count;
end
$$;

-- Triggers.

create function "recordIssueChange"() returns trigger language plpgsql as $$
declare
  key text;
begin
  for key in select jsonb_object_keys(to_jsonb(new)) loop
    continue when to_jsonb(old) -> key is not distinct from to_jsonb(new) -> key or key = any (tg_argv);
    insert into public."IssueChange" ("issueId", "field", "old", "new") values (new."id", key, to_jsonb(old) -> key, to_jsonb(new) -> key);
  end loop;
  return null;
end
$$;
create function "numberIssue"() returns trigger language plpgsql as $$
begin
  new."number" := "nextIssueNumber"(new."projectId");
  return new;
end
$$;
create function "checkLinks"() returns trigger language plpgsql as $$
begin
  if exists (select from public."IssueLink" l where l."fromId" = new."toId" and l."toId" = new."fromId" and l."kind" = new."kind") then
    raise exception 'two issues cannot each be before the other';
  end if;
  return null;
end
$$;
create function "countRows"() returns trigger language plpgsql as $$
begin
  raise debug '% rows', (select count(*) from "newRows");
  return null;
end
$$;
create trigger "Issue_number" before insert on "Issue" for each row when (new."number" is null) execute function "numberIssue"();
create trigger "Issue_updatedAt" before update on "Issue" for each row execute function "setUpdatedAt"();
create trigger "Issue_changes" after update of "title", "body", "statusId", "assigneeId", "priority" on "Issue"
  for each row when (old.* is distinct from new.*) execute function "recordIssueChange"('updatedAt', 'search', 'it''s');
create trigger "Project_updatedAt" before update on "Project" for each row execute function "setUpdatedAt"();
create trigger "User_updatedAt" before update on "User" for each row execute function "setUpdatedAt"();
create trigger "Comment_updatedAt" before update of "body" on "Comment" for each row execute function "setUpdatedAt"();
create constraint trigger "IssueLink_circle" after insert or update on "IssueLink" deferrable initially deferred
  for each row when (new."kind" = 'blocks') execute function "checkLinks"();
create constraint trigger "IssueLink_circle_now" after insert on "IssueLink" from "Issue" not deferrable
  for each row execute function "checkLinks"();
create trigger "Comment_count" after insert on "Comment" referencing new table as "newRows" for each statement execute function "countRows"();
alter table "Comment" disable trigger "Comment_updatedAt";
alter table "Issue" enable always trigger "Issue_number";
alter table "Project" enable replica trigger "Project_updatedAt";
comment on trigger "Issue_changes" on "Issue" is 'The history tab.';

-- Views.

create view "OpenIssue" as
  select i.*, s."name" as "statusName", "issueKey"(i.*) as "key"
  from "Issue" i left join "Status" s on s."id" = i."statusId"
  where i."closedAt" is null;
create view "MyWork" with (security_invoker = on, security_barrier = off) as
  select "id", "title", "priority", "dueOn", "dueOn" < current_date as "isLate" from "OpenIssue"
  where "assigneeId" = nullif(current_setting('app.user', true), '')::integer
  order by "priority", "dueOn" nulls last limit 50;
create view "Burndown" ("sprint", "day", "left", "ideal") as
  select s."id", d::date, sum(i."points") filter (where i."closedAt" is null or i."closedAt" > d),
    s."capacity" * (1 - (row_number() over (partition by s."id" order by d) - 1)::numeric
      / nullif(count(*) over (partition by s."id") - 1, 0))
  from "Sprint" s
  cross join lateral generate_series(lower(s."during"), upper(s."during"), '1 day') d
  left join "Issue" i on i."sprintId" = s."id"
  group by s."id", s."capacity", d;
create view "IssueTree" as
  with recursive tree as (
    select "id", "parentId", array["id"] as path, 0 as depth from "Issue" where "parentId" is null
    union all
    select i."id", i."parentId", t.path || i."id", t.depth + 1 from "Issue" i join tree t on t."id" = i."parentId"
    where not i."id" = any (t.path)
  )
  select * from tree;
create view search.everything as
  select 'issue' as kind, "id" as id, "search" as words from public."Issue"
  union all
  select 'comment', "id", to_tsvector('english', "body") from public."Comment" where not "isInternal";
create view "ActiveUser" as select "id", "email", "displayName", "status" from "User" where "status" = 'active' with check option;
create materialized view ops.slow_builds as
  select repository_id, percentile_cont(0.95) within group (order by extract(epoch from took)) as p95, count(*) as builds
  from ops.build where result in ('passed', 'failed') group by grouping sets ((repository_id), ());
create unique index slow_builds_key on ops.slow_builds (repository_id) nulls not distinct;
create materialized view "IssueCount" as
  select "projectId", "type", count(*) as "count" from "OpenIssue" group by "projectId", "type";
create index on "IssueCount" ("projectId") where "count" > 10;
comment on view "Burndown" is 'The ideal line is straight; no sprint ever was.';
comment on column "Burndown"."ideal" is 'Points.';

create function "closeFromView"() returns trigger language plpgsql as $$
begin
  update public."Issue" set "closedAt" = now() where "id" = old."id";
  return old;
end
$$;
create trigger "OpenIssue_delete" instead of delete on "OpenIssue" for each row execute function "closeFromView"();

alter table "ApiToken" enable row level security;
create policy "own tokens" on "ApiToken" using ("userId" = nullif(current_setting('app.user', true), '')::integer);
alter table "Comment" enable row level security;
create policy "internal comments" on "Comment" as restrictive for select to public
  using (not "isInternal" or "permissionOf"(nullif(current_setting('app.user', true), '')::integer,
    (select i."projectId" from "Issue" i where i."id" = "issueId")) >= 'triage');
create policy "comments" on "Comment" for all to public using (true) with check (true);
comment on policy "internal comments" on "Comment" is 'Customers read along.';
