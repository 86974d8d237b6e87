-- A message board: forums, threads and posts, private messages, moderation, badges and polls.
--
-- The browser talks to the database through a gateway that sets `board.user_id`, so rows guard themselves. The one to
-- show: uuid keys, row-level security everywhere (forced, permissive and restrictive, each command, subqueries and
-- functions in rules), partitions by hash and by list with a default, foreign keys between partitioned tables,
-- composite and range types in columns, generated columns, and statement triggers with transition tables.
-- Its authors write keywords in capitals.

CREATE SCHEMA auth;
CREATE SCHEMA board;
CREATE SCHEMA "mod-tools";
COMMENT ON SCHEMA auth IS 'Who is calling. Nothing here is readable from outside.';
COMMENT ON SCHEMA "mod-tools" IS 'The hyphen is historical.';

CREATE TYPE board.visibility AS ENUM ('public', 'members', 'staff', 'hidden');
CREATE TYPE board.post_format AS ENUM ('bbcode', 'markdown', 'plain');
CREATE TYPE board.report_reason AS ENUM ('spam', 'abuse', 'off-topic', 'illegal', 'other');
CREATE TYPE auth.level AS ENUM ('guest', 'member', 'regular', 'moderator', 'admin');
CREATE TYPE board.quote AS (post_id uuid, author text, body text);
CREATE TYPE board.reading AS (post_no integer, at timestamptz(0), percent numeric(5,2));
COMMENT ON TYPE auth.level IS 'Ordered; compare with >=.';
COMMENT ON COLUMN board.quote.author IS 'As it was then.';

CREATE DOMAIN board.handle AS varchar(24) COLLATE "C"
  CONSTRAINT handle_shape CHECK (VALUE ~ '^[a-z][a-z0-9_]{2,}$')
  CONSTRAINT handle_reserved CHECK (VALUE::text NOT IN ('admin', 'root', 'system'));
CREATE DOMAIN board.markup AS text CONSTRAINT markup_length CHECK (char_length(VALUE) <= 40000) NOT NULL DEFAULT '';
CREATE DOMAIN board.karma AS integer DEFAULT 0 CHECK (VALUE > -100000);
CREATE DOMAIN board.tag AS text CHECK (VALUE = lower(VALUE));
CREATE DOMAIN board.tags AS board.tag[] DEFAULT ARRAY[]::board.tag[] CHECK (cardinality(VALUE) <= 8);
COMMENT ON DOMAIN board.handle IS 'What stands behind the @.';
COMMENT ON CONSTRAINT handle_reserved ON DOMAIN board.handle IS 'People tried.';

-- Who is calling.

CREATE FUNCTION auth.user_id() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('board.user_id', true), '')::uuid;

CREATE TABLE auth.account (
  id uuid DEFAULT gen_random_uuid() NOT NULL,
  handle board.handle NOT NULL,
  email text NOT NULL,
  level auth.level DEFAULT 'member' NOT NULL,
  password bytea,
  joined timestamptz DEFAULT now() NOT NULL,
  last_seen timestamptz,
  suspended tstzrange,
  karma board.karma NOT NULL,
  invited_by uuid,
  CONSTRAINT account_pk PRIMARY KEY (id),
  CONSTRAINT account_handle_uq UNIQUE (handle) INCLUDE (level),
  CONSTRAINT account_invited_by_fk FOREIGN KEY (invited_by) REFERENCES auth.account (id) ON DELETE SET NULL,
  CONSTRAINT account_seen_after_joined CHECK (last_seen >= joined)
) WITH (fillfactor = 85);
CREATE UNIQUE INDEX account_email_uq ON auth.account (lower(email));
CREATE INDEX account_suspended_ix ON auth.account USING gist (suspended) WHERE suspended IS NOT NULL;
COMMENT ON COLUMN auth.account.password IS 'Argon2id; null for those who come by a provider.';

CREATE FUNCTION auth.my_level() RETURNS auth.level
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = auth, pg_temp
  AS $$ SELECT coalesce((SELECT level FROM account WHERE id = auth.user_id()), 'guest') $$;
CREATE FUNCTION auth.at_least(level auth.level) RETURNS boolean
  LANGUAGE sql STABLE RETURN auth.my_level() >= level;
CREATE FUNCTION auth.may_post() RETURNS boolean
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path TO '' COST 10 AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM auth.account a
    WHERE a.id = auth.user_id() AND NOT coalesce(a.suspended @> now(), false));
END
$$;
COMMENT ON FUNCTION auth.may_post() IS 'Known, and not suspended now.';

CREATE TABLE auth.identity (
  provider text NOT NULL,
  subject text NOT NULL,
  account_id uuid NOT NULL REFERENCES auth.account ON DELETE CASCADE,
  claims jsonb,
  PRIMARY KEY (provider, subject)
);
CREATE TABLE auth.session (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  account_id uuid NOT NULL REFERENCES auth.account ON DELETE CASCADE,
  ip inet NOT NULL,
  network cidr GENERATED ALWAYS AS (network(set_masklen(ip, CASE family(ip) WHEN 4 THEN 24 ELSE 48 END))) STORED,
  expires timestamptz NOT NULL DEFAULT now() + '8:00:00'::interval
);
CREATE INDEX session_network_ix ON auth.session USING gist (network inet_ops);
CREATE TABLE auth.login_attempt (
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  handle text,
  ip inet,
  success bool NOT NULL
);
CREATE INDEX login_attempt_at_ix ON auth.login_attempt USING brin (at, ip inet_inclusion_ops);
CREATE TABLE auth.blocked_network (
  network cidr NOT NULL,
  until timestamptz DEFAULT 'infinity',
  CONSTRAINT blocked_network_ex EXCLUDE USING gist (network inet_ops WITH &&)
);

-- Forums, threads, posts.

CREATE TABLE board.forum (
  id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  parent_id smallint REFERENCES board.forum ON DELETE RESTRICT,
  slug varchar(40) NOT NULL,
  title text NOT NULL,
  position smallint NOT NULL DEFAULT 0,
  visible board.visibility NOT NULL DEFAULT 'public',
  post_level auth.level NOT NULL DEFAULT 'member'::auth.level,
  rules board.markup,
  moderators uuid[] NOT NULL DEFAULT '{}',
  CONSTRAINT forum_slug_uq UNIQUE NULLS NOT DISTINCT (parent_id, slug),
  CONSTRAINT forum_position_uq UNIQUE (parent_id, position) DEFERRABLE INITIALLY DEFERRED
);
ALTER TABLE board.forum ENABLE ROW LEVEL SECURITY;
CREATE POLICY forum_read ON board.forum FOR SELECT USING (
  CASE visible
    WHEN 'public' THEN true
    WHEN 'members' THEN auth.at_least('member')
    WHEN 'staff' THEN auth.at_least('moderator')
    ELSE auth.at_least('admin')
  END);
CREATE POLICY forum_write ON board.forum USING (auth.at_least('admin'));
COMMENT ON POLICY forum_write ON board.forum IS 'For all; who may write may also see.';

CREATE FUNCTION board.can_read(forum smallint) RETURNS boolean
  LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT EXISTS (SELECT 1 FROM board.forum f WHERE f.id = forum);
END;

CREATE TABLE board.thread (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  forum_id smallint NOT NULL REFERENCES board.forum,
  author_id uuid REFERENCES auth.account ON DELETE SET NULL,
  title varchar(160) NOT NULL,
  tags board.tags,
  pinned boolean NOT NULL DEFAULT false,
  locked boolean NOT NULL DEFAULT false,
  post_count integer NOT NULL DEFAULT 0,
  first_post_id uuid,
  last_post_at timestamptz NOT NULL DEFAULT now(),
  words tsvector GENERATED ALWAYS AS (to_tsvector('simple', title)) STORED,
  CONSTRAINT thread_pk PRIMARY KEY (id),
  CONSTRAINT thread_forum_uq UNIQUE (forum_id, id),
  CONSTRAINT thread_title_ck CHECK (length(btrim(title)) >= 3)
);
CREATE INDEX thread_list_ix ON board.thread (forum_id, pinned DESC, last_post_at DESC NULLS LAST);
CREATE INDEX thread_words_ix ON board.thread USING gin (words);
CREATE INDEX thread_tags_ix ON board.thread USING gin (tags array_ops);
ALTER TABLE board.thread ENABLE ROW LEVEL SECURITY;
ALTER TABLE board.thread FORCE ROW LEVEL SECURITY;
CREATE POLICY thread_read ON board.thread FOR SELECT TO PUBLIC USING (board.can_read(forum_id));
CREATE POLICY thread_start ON board.thread FOR INSERT TO PUBLIC WITH CHECK (
  author_id = auth.user_id() AND auth.may_post()
  AND auth.my_level() >= (SELECT f.post_level FROM board.forum f WHERE f.id = forum_id));
CREATE POLICY thread_edit ON board.thread FOR UPDATE TO PUBLIC
  USING (author_id = auth.user_id() AND NOT locked OR auth.at_least('moderator'))
  WITH CHECK (author_id = auth.user_id() OR auth.at_least('moderator'));
CREATE POLICY thread_remove ON board.thread FOR DELETE TO PUBLIC USING (auth.at_least('moderator'));

CREATE TABLE board.post (
  thread_id uuid NOT NULL,
  no integer NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  author_id uuid,
  body board.markup,
  format board.post_format NOT NULL DEFAULT 'markdown',
  quotes board.quote[],
  created timestamptz NOT NULL DEFAULT now(),
  edited timestamptz,
  deleted boolean NOT NULL DEFAULT false,
  ip inet,
  html text,
  size integer GENERATED ALWAYS AS (octet_length((body)::text)) STORED,
  CONSTRAINT post_pk PRIMARY KEY (thread_id, no),
  CONSTRAINT post_thread_fk FOREIGN KEY (thread_id) REFERENCES board.thread ON DELETE CASCADE,
  CONSTRAINT post_author_fk FOREIGN KEY (author_id) REFERENCES auth.account ON DELETE SET NULL,
  CONSTRAINT post_no_ck CHECK (no > 0)
) PARTITION BY HASH (thread_id);
COMMENT ON TABLE board.post IS 'Four partitions; more need a move at night.';
COMMENT ON COLUMN board.post.html IS 'Rendered; may be dropped at any time.';
CREATE TABLE board.post_p0 PARTITION OF board.post FOR VALUES WITH (MODULUS 4, REMAINDER 0);
CREATE TABLE board.post_p1 PARTITION OF board.post FOR VALUES WITH (MODULUS 4, REMAINDER 1);
CREATE TABLE board.post_p2 PARTITION OF board.post FOR VALUES WITH (MODULUS 4, REMAINDER 2);
CREATE TABLE board.post_p3 PARTITION OF board.post FOR VALUES WITH (MODULUS 4, REMAINDER 3) WITH (fillfactor = 75);
ALTER TABLE board.post ALTER COLUMN html SET STORAGE EXTENDED;
CREATE INDEX post_author_ix ON board.post (author_id, created DESC) WHERE NOT deleted;
CREATE INDEX post_body_ix ON board.post USING gin (to_tsvector('simple'::regconfig, (body)::text));
COMMENT ON INDEX board.post_author_ix IS 'The profile page.';
ALTER TABLE board.post ENABLE ROW LEVEL SECURITY;
CREATE POLICY post_read ON board.post FOR SELECT
  USING (EXISTS (SELECT 1 FROM board.thread t WHERE t.id = post.thread_id));
CREATE POLICY post_not_deleted ON board.post AS RESTRICTIVE FOR SELECT
  USING (NOT deleted OR auth.at_least('moderator') OR author_id = auth.user_id());
CREATE POLICY post_write ON board.post FOR INSERT WITH CHECK (author_id = auth.user_id() AND auth.may_post());
CREATE POLICY post_edit ON board.post FOR UPDATE USING (author_id = auth.user_id() AND created > now() - '01:00:00'::interval);
CREATE POLICY post_locked ON board.post AS RESTRICTIVE FOR INSERT
  WITH CHECK (NOT (SELECT t.locked FROM board.thread t WHERE t.id = thread_id));
COMMENT ON POLICY post_edit ON board.post IS 'An hour.';

CREATE TABLE board.reaction (
  thread_id uuid NOT NULL,
  no integer NOT NULL,
  account_id uuid NOT NULL REFERENCES auth.account ON DELETE CASCADE,
  emoji text NOT NULL DEFAULT '👍' CHECK (char_length(emoji) BETWEEN 1 AND 4),
  CONSTRAINT reaction_pk PRIMARY KEY (thread_id, no, account_id, emoji),
  CONSTRAINT reaction_post_fk FOREIGN KEY (thread_id, no) REFERENCES board.post (thread_id, no) ON DELETE CASCADE ON UPDATE CASCADE
) PARTITION BY HASH (thread_id);
CREATE TABLE board.reaction_p0 PARTITION OF board.reaction FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE board.reaction_p1 PARTITION OF board.reaction FOR VALUES WITH (MODULUS 2, REMAINDER 1);

CREATE TABLE board.post_revision (
  thread_id uuid NOT NULL, no integer NOT NULL,
  revision integer NOT NULL,
  body text COMPRESSION pglz,
  editor_id uuid REFERENCES auth.account ON DELETE SET NULL,
  made timestamp(0) without time zone NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
  PRIMARY KEY (thread_id, no, revision),
  FOREIGN KEY (thread_id, no) REFERENCES board.post ON DELETE CASCADE
);
CREATE TABLE board.attachment (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  thread_id uuid, no integer,
  owner_id uuid NOT NULL DEFAULT auth.user_id() REFERENCES auth.account,
  name text NOT NULL,
  bytes bigint NOT NULL,
  checksum bit(256),
  dimensions integer[2],
  FOREIGN KEY (thread_id, no) REFERENCES board.post MATCH FULL ON DELETE SET NULL,
  CHECK (bytes > 0), CHECK (bytes < 20971520)
);
ALTER TABLE board.attachment ENABLE ROW LEVEL SECURITY;
CREATE POLICY attachment_own ON board.attachment TO PUBLIC USING (owner_id = auth.user_id());
CREATE POLICY attachment_of_post ON board.attachment FOR SELECT TO PUBLIC
  USING ((thread_id, no) IN (SELECT p.thread_id, p.no FROM board.post p));
CREATE TABLE board.bookmark (
  account_id uuid NOT NULL REFERENCES auth.account ON DELETE CASCADE,
  thread_id uuid NOT NULL REFERENCES board.thread ON DELETE CASCADE,
  note text,
  reading board.reading DEFAULT ROW(1, NULL, 0.00)::board.reading,
  PRIMARY KEY (account_id, thread_id)
);
CREATE TABLE board.subscription (
  account_id uuid NOT NULL REFERENCES auth.account ON DELETE CASCADE,
  forum_id smallint REFERENCES board.forum ON DELETE CASCADE,
  thread_id uuid REFERENCES board.thread ON DELETE CASCADE,
  every interval DEFAULT '1 day' CHECK (every >= '00:05:00'),
  CONSTRAINT subscription_one CHECK ((forum_id IS NULL) <> (thread_id IS NULL)) NO INHERIT,
  CONSTRAINT subscription_uq UNIQUE NULLS NOT DISTINCT (account_id, forum_id, thread_id)
);
CREATE TABLE board.read_mark (
  account_id uuid NOT NULL,
  thread_id uuid NOT NULL,
  upto integer NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, thread_id)
) PARTITION BY HASH (account_id);
CREATE TABLE board.read_mark_even PARTITION OF board.read_mark FOR VALUES WITH (MODULUS 2, REMAINDER 0) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE TABLE board.read_mark_odd PARTITION OF board.read_mark FOR VALUES WITH (MODULUS 2, REMAINDER 1) WITH (autovacuum_vacuum_scale_factor = 0.02);

-- Polls.

CREATE TABLE board.poll (
  thread_id uuid PRIMARY KEY REFERENCES board.thread ON DELETE CASCADE,
  question text NOT NULL,
  max_choices smallint NOT NULL DEFAULT 1 CHECK (max_choices > 0),
  open tstzmultirange NOT NULL DEFAULT tstzmultirange(tstzrange(now(), NULL)),
  winner smallint
);
CREATE TABLE board.poll_choice (
  thread_id uuid NOT NULL REFERENCES board.poll ON DELETE CASCADE,
  no smallint NOT NULL,
  label varchar(80) NOT NULL,
  PRIMARY KEY (thread_id, no)
);
ALTER TABLE board.poll ADD CONSTRAINT poll_winner_fk FOREIGN KEY (thread_id, winner)
  REFERENCES board.poll_choice (thread_id, no) ON DELETE SET NULL (winner) DEFERRABLE;
CREATE TABLE board.poll_vote (
  thread_id uuid, choice smallint, account_id uuid REFERENCES auth.account ON DELETE CASCADE,
  PRIMARY KEY (thread_id, choice, account_id),
  FOREIGN KEY (thread_id, choice) REFERENCES board.poll_choice (thread_id, no) ON DELETE CASCADE
);
ALTER TABLE board.poll_vote ENABLE ROW LEVEL SECURITY;
ALTER TABLE board.poll_vote FORCE ROW LEVEL SECURITY;
CREATE POLICY "one's own vote, secretly" ON board.poll_vote USING (account_id = auth.user_id())
  WITH CHECK (account_id = auth.user_id() AND (SELECT p.open @> now() FROM board.poll p WHERE p.thread_id = poll_vote.thread_id));

-- Private messages, by where the account's data must be.

CREATE TABLE board.conversation (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  region text NOT NULL DEFAULT 'eu',
  subject text,
  started timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (region, id)
) PARTITION BY LIST (region);
CREATE TABLE board.conversation_eu PARTITION OF board.conversation FOR VALUES IN ('eu', 'uk', 'ch');
CREATE TABLE board.conversation_us PARTITION OF board.conversation FOR VALUES IN ('us', 'ca');
CREATE TABLE board.conversation_else PARTITION OF board.conversation DEFAULT;
CREATE TABLE board.participant (
  region text NOT NULL,
  conversation_id uuid NOT NULL,
  account_id uuid NOT NULL REFERENCES auth.account ON DELETE CASCADE,
  joined timestamptz DEFAULT now(),
  left_at timestamptz,
  PRIMARY KEY (region, conversation_id, account_id),
  FOREIGN KEY (region, conversation_id) REFERENCES board.conversation (region, id) ON DELETE CASCADE
);
CREATE TABLE board.message (
  region text NOT NULL,
  conversation_id uuid NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  sender_id uuid REFERENCES auth.account ON DELETE SET NULL,
  body board.markup,
  sent timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT message_fk FOREIGN KEY (region, conversation_id) REFERENCES board.conversation ON DELETE CASCADE
);
ALTER TABLE ONLY board.message ADD CONSTRAINT message_pk PRIMARY KEY (region, conversation_id, id);
ALTER TABLE ONLY board.message REPLICA IDENTITY USING INDEX message_pk;
CREATE FUNCTION board.in_conversation(region text, id uuid) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = board, auth, pg_temp
  AS $$
    SELECT EXISTS (SELECT FROM participant p WHERE p.region = $1 AND p.conversation_id = $2
      AND p.account_id = auth.user_id() AND p.left_at IS NULL)
  $$;
ALTER TABLE board.conversation ENABLE ROW LEVEL SECURITY;
ALTER TABLE board.conversation_eu ENABLE ROW LEVEL SECURITY;
ALTER TABLE board.participant ENABLE ROW LEVEL SECURITY;
ALTER TABLE board.message ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON board.conversation USING (board.in_conversation(region, id));
CREATE POLICY mine ON board.participant FOR SELECT USING (board.in_conversation(region, conversation_id));
CREATE POLICY mine ON board.message FOR SELECT USING (board.in_conversation(region, conversation_id));
CREATE POLICY send ON board.message FOR INSERT WITH CHECK (sender_id = auth.user_id() AND board.in_conversation(region, conversation_id));
CREATE POLICY sober ON board.message AS RESTRICTIVE FOR ALL USING (true) WITH CHECK ((SELECT auth.may_post()));

-- Moderation.

CREATE SEQUENCE "mod-tools".case_no START WITH 1000 MINVALUE 1000 CACHE 1;
COMMENT ON SEQUENCE "mod-tools".case_no IS 'Said on the phone, so not a uuid.';
CREATE TABLE "mod-tools".report (
  case_no integer PRIMARY KEY DEFAULT nextval('"mod-tools".case_no'),
  thread_id uuid NOT NULL, no integer NOT NULL,
  reporter_id uuid NOT NULL DEFAULT auth.user_id() REFERENCES auth.account ON DELETE CASCADE,
  reason board.report_reason NOT NULL,
  details text CONSTRAINT details_when_other CHECK (reason <> 'other' OR details IS NOT NULL),
  handled_by uuid REFERENCES auth.account,
  outcome text,
  FOREIGN KEY (thread_id, no) REFERENCES board.post ON DELETE CASCADE,
  UNIQUE (reporter_id, thread_id, no)
);
CREATE INDEX report_open_ix ON "mod-tools".report (reason, case_no) WHERE handled_by IS NULL;
ALTER TABLE "mod-tools".report ENABLE ROW LEVEL SECURITY;
CREATE POLICY file ON "mod-tools".report FOR INSERT WITH CHECK (reporter_id = auth.user_id() AND handled_by IS NULL);
CREATE POLICY handle ON "mod-tools".report FOR UPDATE USING (auth.at_least('moderator'));
CREATE POLICY see ON "mod-tools".report FOR SELECT USING (reporter_id = auth.user_id() OR auth.at_least('moderator'));
CREATE POLICY never ON "mod-tools".report AS RESTRICTIVE FOR DELETE USING (false);
CREATE TABLE "mod-tools".warning (
  account_id uuid NOT NULL REFERENCES auth.account ON DELETE CASCADE,
  at timestamptz NOT NULL DEFAULT now(),
  points smallint NOT NULL CHECK (points BETWEEN 1 AND 10),
  case_no integer REFERENCES "mod-tools".report ON DELETE SET NULL,
  counts daterange NOT NULL DEFAULT daterange(CURRENT_DATE, (CURRENT_DATE + '6 mons'::interval)::date),
  PRIMARY KEY (account_id, at)
);
CREATE TABLE "mod-tools".banned_word (
  pattern text PRIMARY KEY CHECK ('' !~ pattern),
  replacement text DEFAULT '***',
  since_version numeric(4,1)
);
CREATE TABLE "mod-tools".log (
  at timestamptz NOT NULL DEFAULT now(),
  who uuid,
  what text NOT NULL,
  "table" regclass,
  "old row" jsonb,
  "new row" jsonb
) WITH (autovacuum_enabled = false);
CREATE INDEX log_changed_ix ON "mod-tools".log USING gin ("new row" jsonb_path_ops, "old row" jsonb_path_ops);
CREATE UNLOGGED TABLE "mod-tools".flood (
  account_id uuid NOT NULL, minute timestamptz(0) NOT NULL DEFAULT date_trunc('minute', now()), posts smallint NOT NULL DEFAULT 1,
  PRIMARY KEY (account_id, minute)
);

-- Profiles and badges.

CREATE TABLE board.profile (
  account_id uuid PRIMARY KEY REFERENCES auth.account ON UPDATE CASCADE ON DELETE CASCADE,
  display_name text COLLATE "C",
  about board.markup,
  signature varchar(300),
  birthday date,
  home circle,
  links text[][] DEFAULT '{{web,""},{chat,""}}',
  time_zone text NOT NULL DEFAULT 'UTC',
  visible board.visibility[] NOT NULL DEFAULT ARRAY['members'::board.visibility, 'staff'::board.visibility]
);
CREATE INDEX profile_home_ix ON board.profile USING gist (home);
CREATE INDEX profile_birthday_ix ON board.profile ((extract(month FROM birthday)), (extract(day FROM birthday))) WHERE birthday IS NOT NULL;
ALTER TABLE board.profile ENABLE ROW LEVEL SECURITY;
CREATE POLICY profile_own ON board.profile USING (account_id = auth.user_id());
CREATE POLICY profile_others ON board.profile FOR SELECT USING ('public' = ANY (visible) OR ('members' = ANY (visible) AND auth.at_least('member')));
CREATE TABLE board.badge (
  code char(8) COLLATE "POSIX" PRIMARY KEY,
  title text NOT NULL UNIQUE,
  level smallint NOT NULL DEFAULT 1,
  condition jsonpath
);
CREATE TABLE board.badge_holder (
  badge char(8) REFERENCES board.badge ON UPDATE CASCADE ON DELETE NO ACTION,
  account_id uuid REFERENCES auth.account ON DELETE CASCADE,
  awarded date NOT NULL DEFAULT CURRENT_DATE,
  reason_post board.post,
  PRIMARY KEY (account_id, badge)
);
COMMENT ON COLUMN board.badge_holder.reason_post IS 'The whole post, as it was.';
CREATE TABLE board.friend (
  a uuid NOT NULL REFERENCES auth.account ON DELETE CASCADE,
  b uuid NOT NULL REFERENCES auth.account ON DELETE CASCADE,
  CONSTRAINT friend_pk PRIMARY KEY (a, b),
  CONSTRAINT friend_order CHECK (a < b)
);
CREATE INDEX friend_b_ix ON board.friend (b) INCLUDE (a);
CREATE TABLE board.ignored (account_id uuid REFERENCES auth.account ON DELETE CASCADE, ignored_id uuid REFERENCES auth.account ON DELETE CASCADE, PRIMARY KEY (account_id, ignored_id));
CREATE TABLE board.notice (
  id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES auth.account ON DELETE CASCADE,
  kind text NOT NULL,
  data json NOT NULL DEFAULT '{}'::json,
  seen boolean DEFAULT false
);
CREATE INDEX ON board.notice (account_id) WHERE NOT seen;

-- Functions and triggers.

CREATE FUNCTION board.count_posts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE board.thread t SET post_count = t.post_count + n.count, last_post_at = greatest(t.last_post_at, n.last)
  FROM (SELECT thread_id, count(*) AS count, max(created) AS last FROM fresh GROUP BY thread_id) n
  WHERE n.thread_id = t.id;
  RETURN NULL;
END
$$;
CREATE FUNCTION board.keep_revision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = board, pg_temp AS $$
BEGIN
  INSERT INTO post_revision (thread_id, no, revision, body, editor_id)
  SELECT old.thread_id, old.no, coalesce(max(r.revision), 0) + 1, old.body, auth.user_id()
  FROM post_revision r WHERE (r.thread_id, r.no) = (old.thread_id, old.no);
  new.edited := now();
  RETURN new;
END
$$;
CREATE FUNCTION "mod-tools".log_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "mod-tools".log (who, what, "table", "old row", "new row")
  VALUES (auth.user_id(), tg_op, tg_relid, CASE WHEN tg_op <> 'INSERT' THEN to_jsonb(old) END, CASE WHEN tg_op <> 'DELETE' THEN to_jsonb(new) END);
  RETURN NULL;
END
$$;
CREATE FUNCTION board.check_choices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM board.poll_vote v WHERE (v.thread_id, v.account_id) = (new.thread_id, new.account_id))
    > (SELECT max_choices FROM board.poll p WHERE p.thread_id = new.thread_id) THEN
    RAISE EXCEPTION 'too many choices' USING HINT = 'Take one back first.';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER post_count AFTER INSERT ON board.post REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION board.count_posts();
CREATE TRIGGER post_revision BEFORE UPDATE OF body, format ON board.post FOR EACH ROW
  WHEN ((old.body)::text IS DISTINCT FROM (new.body)::text) EXECUTE FUNCTION board.keep_revision();
CREATE TRIGGER log AFTER INSERT OR DELETE OR UPDATE ON "mod-tools".report FOR EACH ROW EXECUTE FUNCTION "mod-tools".log_change();
CREATE TRIGGER log AFTER INSERT OR DELETE OR UPDATE ON "mod-tools".warning FOR EACH ROW EXECUTE FUNCTION "mod-tools".log_change();
CREATE TRIGGER log AFTER UPDATE OF level, suspended ON auth.account FOR EACH ROW EXECUTE FUNCTION "mod-tools".log_change();
CREATE CONSTRAINT TRIGGER poll_choices AFTER INSERT OR UPDATE ON board.poll_vote DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION board.check_choices();
COMMENT ON TRIGGER poll_choices ON board.poll_vote IS 'At the end, so that a vote can be moved.';
ALTER TABLE auth.account ENABLE ALWAYS TRIGGER log;

CREATE FUNCTION board.new_post(thread uuid, body text, format board.post_format DEFAULT 'markdown', VARIADIC quoted uuid[] DEFAULT '{}')
  RETURNS board.post LANGUAGE plpgsql AS $$
DECLARE
  made board.post;
BEGIN
  INSERT INTO board.post (thread_id, no, author_id, body, format, quotes)
  SELECT thread, coalesce(max(p.no), 0) + 1, auth.user_id(), new_post.body, new_post.format,
    (SELECT array_agg(ROW(q.id, a.handle, left(q.body, 200))::board.quote) FROM board.post q LEFT JOIN auth.account a ON a.id = q.author_id WHERE q.id = ANY (quoted))
  FROM board.post p WHERE p.thread_id = thread
  RETURNING * INTO made;
  RETURN made;
END
$$;
CREATE FUNCTION board.page(thread uuid, page integer DEFAULT 1, size integer DEFAULT 25)
  RETURNS SETOF board.post LANGUAGE sql STABLE ROWS 25
BEGIN ATOMIC
  SELECT p.* FROM board.post p WHERE p.thread_id = thread AND p.no > (page - 1) * size AND p.no <= page * size ORDER BY p.no;
END;
CREATE FUNCTION board.unread(account uuid) RETURNS TABLE (thread_id uuid, title text, posts bigint)
  LANGUAGE sql STABLE AS $$
    SELECT t.id, t.title::text, t.post_count::bigint - coalesce(m.upto, 0)
    FROM board.thread t LEFT JOIN board.read_mark m ON m.thread_id = t.id AND m.account_id = account
    WHERE t.post_count > coalesce(m.upto, 0)
  $$;
CREATE FUNCTION board.karma_of(a auth.account) RETURNS integer LANGUAGE sql STABLE RETURN
  (a.karma)::integer + (SELECT count(*)::integer FROM board.reaction r JOIN board.post p ON (p.thread_id, p.no) = (r.thread_id, r.no) WHERE p.author_id = a.id);
CREATE PROCEDURE "mod-tools".suspend(IN account uuid, IN days integer DEFAULT 7, INOUT until timestamptz DEFAULT NULL)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = auth, pg_temp AS $$
BEGIN
  until := now() + make_interval(days => days);
  UPDATE account SET suspended = tstzrange(now(), until) WHERE id = suspend.account;
END
$$;
COMMENT ON PROCEDURE "mod-tools".suspend(uuid, integer, timestamptz) IS 'From now on.';

-- Views.

CREATE VIEW board.member WITH (security_barrier) AS
  SELECT a.id, a.handle, a.level, a.joined, p.display_name, board.karma_of(a.*) AS karma
  FROM auth.account a LEFT JOIN board.profile p ON p.account_id = a.id
  WHERE a.suspended IS NULL OR NOT a.suspended @> now();
CREATE VIEW board.latest WITH (security_invoker = true) AS
  SELECT DISTINCT ON (t.forum_id) t.forum_id, t.id AS thread_id, t.title, t.last_post_at,
    count(*) OVER (PARTITION BY t.forum_id) AS threads
  FROM board.thread t ORDER BY t.forum_id, t.last_post_at DESC;
CREATE RECURSIVE VIEW board.forum_path (id, path, titles) AS
  SELECT id, slug::text, ARRAY[title] FROM board.forum WHERE parent_id IS NULL
  UNION ALL
  SELECT f.id, p.path || '/' || f.slug, p.titles || f.title FROM board.forum f JOIN forum_path p ON p.id = f.parent_id;
CREATE VIEW board.front_page (forum, title, newest, "when") WITH (security_invoker) AS
  SELECT p.path, p.titles[array_upper(p.titles, 1)], l.title, l.last_post_at FROM board.forum_path p LEFT JOIN board.latest l ON l.forum_id = p.id;
CREATE VIEW board.public_forum AS SELECT * FROM board.forum WHERE visible = 'public' WITH CASCADED CHECK OPTION;
CREATE VIEW board.poll_result AS
  SELECT c.thread_id, c.no, c.label, count(v.account_id) AS votes,
    round(100.0 * count(v.account_id) / nullif(sum(count(v.account_id)) OVER (PARTITION BY c.thread_id), 0), 1) AS percent
  FROM board.poll_choice c LEFT JOIN board.poll_vote v ON v.thread_id = c.thread_id AND v.choice = c.no
  GROUP BY c.thread_id, c.no;
COMMENT ON VIEW board.poll_result IS 'Runs as its owner: the votes are secret, their sum is not.';
COMMENT ON COLUMN board.poll_result.percent IS 'One decimal.';
CREATE MATERIALIZED VIEW board.daily AS
  SELECT created::date AT TIME ZONE 'UTC' AS day, count(*) AS posts, count(DISTINCT author_id) AS authors FROM board.post GROUP BY 1;
CREATE UNIQUE INDEX daily_day_uq ON board.daily (day);
CREATE MATERIALIZED VIEW board.tag_cloud AS
  SELECT tag::text AS tag, count(*) AS uses FROM board.thread, unnest(tags) AS tag GROUP BY tag HAVING count(*) > 2 WITH NO DATA;
CREATE INDEX tag_cloud_ix ON board.tag_cloud (tag text_pattern_ops, uses DESC);
COMMENT ON MATERIALIZED VIEW board.tag_cloud IS 'Hourly.';
