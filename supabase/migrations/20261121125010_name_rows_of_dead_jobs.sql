comment on column public.dead_letters.reference is
  'of a handler the position of the event; of a job the row it is about (delivery/<id>, effect/<id>), else the job''s id';
