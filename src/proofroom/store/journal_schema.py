"""The tables of the journal: those of its first version, and the step to each later one."""

from __future__ import annotations

from typing import Final

VERSION: Final = 6

SCHEMA: Final = """
create table meta (key text primary key, value text not null) without rowid;
create table occurrences (
  id integer primary key, delivery text not null, path_bytes blob not null, path text not null,
  parent integer references occurrences(id), root integer, digest text, size integer not null,
  depth integer not null, kind text not null, mtime_ns integer, state text, reason text not null default '',
  expanded integer not null default 0);
create unique index received_once on occurrences(delivery, path_bytes) where parent is null;
create index occurrences_digest on occurrences(digest);
create index occurrences_parent on occurrences(parent);
create index occurrences_root on occurrences(root);
create index occurrences_expanded on occurrences(expanded);
create table artifacts (
  digest text primary key, size integer not null, home text not null, media_type text not null default '',
  format text not null default '', state text, reason text not null default '',
  cells integer not null default 0, pieces integer not null default 0) without rowid;
create table members (
  artifact text not null, ordinal integer not null, name blob not null, digest text, size integer not null,
  state text, reason text not null default '', primary key (artifact, ordinal)) without rowid;
create table results (
  artifact text not null, stage text not null, version text not null, seconds real not null,
  content text not null, primary key (artifact, stage)) without rowid;
create table spooled (
  artifact text not null, stage text not null, file_offset integer not null, length integer not null,
  primary key (artifact, stage)) without rowid;
create table placed (
  artifact text not null, stage text not null, version text not null, noun text not null, segment text not null,
  first_group integer not null, last_group integer not null, rows integer not null, ordinal integer not null,
  primary key (artifact, stage, noun, ordinal)) without rowid;
create index placed_segment on placed(segment);
create table indexing (key text primary key) without rowid;
create table fitted (artifact text primary key, password text not null) without rowid;
create table segments (
  name text primary key, noun text not null, rows integer not null, bytes integer not null) without rowid;
"""

STEPS: Final = {
    2: """
alter table artifacts add column before_state text;
alter table artifacts add column before_reason text;
create table ocr_wanted (
  artifact text primary key, pages text not null, kind text not null, asked text not null default '',
  wanted integer not null default 0, covered integer not null default 0, state text,
  reason text not null default '') without rowid;
create table ocr_pages (
  artifact text not null, stage text not null, page integer not null, state text not null, reason text not null,
  engine text not null default '', confidence integer not null default 0, lines integer not null default 0,
  seconds real not null default 0, reading text, primary key (artifact, stage, page)) without rowid;
create table ocr_layers (
  artifact text not null, stage text not null, slot integer not null, file text not null, engine text not null,
  done integer not null default 0, primary key (artifact, stage)) without rowid;
create table ocr_preferred (artifact text primary key, stage text not null) without rowid;
""",
    # Whatever lets an artifact be read again, what it was before stays on record.
    3: """
create table history (
  id integer primary key, artifact text not null, version text not null, state text not null, reason text not null,
  format text not null, cells integer not null, pieces integer not null, seconds real not null,
  content text not null, until text not null);
create index history_artifact on history(artifact);
create trigger history_kept before update of state on artifacts when new.state is null and old.state is not null
begin insert into history (artifact, version, state, reason, format, cells, pieces, seconds, content, until)
select old.digest, r.version, old.state, old.reason, old.format, old.cells, old.pieces, r.seconds, r.content,
strftime('%Y-%m-%dT%H:%M:%SZ', 'now') from results r where r.artifact = old.digest and r.stage = 'extract'; end;
""",
    # Passwords lie in keys/ alone; here stand keyed hashes of them. What one had opened is read once more.
    4: """
update artifacts set state = null where digest in (select artifact from fitted);
drop table fitted;
create table fitted (
  artifact text not null, password text not null, source text not null, primary key (artifact, password)
  ) without rowid;
create table tries (
  artifact text primary key, tried integer not null, sources text not null, offered integer not null,
  is_cut integer not null, mark text not null, width integer not null, words blob not null) without rowid;
create table tried_words (password text primary key, number integer not null) without rowid;
""",
    # By its sketch a text shows which others it is nearly a copy of; the search stage makes them.
    5: """
create table sketches (artifact text primary key, sketch blob not null) without rowid;
""",
    # What was read since it was last indexed; a search asks for it each time, so it is not worked out then.
    6: """
create table unindexed (artifact text primary key) without rowid;
insert into unindexed select e.artifact from results e where e.stage = 'extract'
  and not exists (select 1 from results s where s.artifact = e.artifact and s.stage = 'search');
create index artifacts_waiting on artifacts(digest) where state is null;
create trigger unindexed_read after insert on results when new.stage != 'search'
begin insert or ignore into unindexed values (new.artifact); end;
create trigger unindexed_done after insert on results when new.stage = 'search'
begin delete from unindexed where artifact = new.artifact; end;
""",
}
"""What each later version adds; an older journal takes the steps it lacks when it is opened."""
