-- What every database of the platform needs of PostgreSQL's contrib modules. Run by the superuser in the platform's
-- database, and in template1 so that databases made later (tests) have the same.
create extension if not exists unaccent;
create extension if not exists pg_trgm;
create extension if not exists fuzzystrmatch;
create extension if not exists btree_gin;
create extension if not exists cube;
create extension if not exists earthdistance;
create extension if not exists citext;
