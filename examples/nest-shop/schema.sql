CREATE TABLE IF NOT EXISTS products (
  id    integer PRIMARY KEY,
  name  text    NOT NULL,
  views integer NOT NULL DEFAULT 0
);

INSERT INTO products (id, name)
SELECT id, 'Product ' || id FROM generate_series(1, 100) AS id
ON CONFLICT DO NOTHING;
