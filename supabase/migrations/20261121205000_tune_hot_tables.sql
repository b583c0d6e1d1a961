-- How the tables that are written all day are kept in shape. The server's own defaults wait until a fifth of a table is
-- dead: of a million orders that is 200,000 old versions in every index, and plans made from what was true a month ago. A fiftieth
-- is the same absolute number at a million as the default is at a hundred thousand. Everything here is a setting of the
-- table; nothing is rewritten, so fill factors hold for pages that are written from now on.

-- Updated a few times within seconds of being written, then never.
alter table public.orders set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);
alter table public.effects set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);
alter table public.deliveries set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);

-- Times of receipts stand in no index: with room on the page the new version stays there and no index is touched (HOT).
-- Three receipts come for most messages, minutes and hours apart.
alter table public.messages set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);
-- Only its phone is indexed: every update can stay on its page.
alter table public.contacts set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

-- No row is ever dead. What is inserted counts, for the maps by which an index answers alone.
alter table public.events set (autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05);

-- Appended, hardly changed. Vacuum is what lets an index answer alone and what spares the great freeze of all old rows at
-- once. Bodies also go, a few hundred at a time.
alter table public.receipts set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05);
alter table public.delivery_bodies set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);
