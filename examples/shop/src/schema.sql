CREATE TABLE IF NOT EXISTS products (
  id          integer PRIMARY KEY,
  name        text    NOT NULL,
  category    text    NOT NULL,
  price_cents integer NOT NULL
);

CREATE TABLE IF NOT EXISTS orders (
  id        uuid        PRIMARY KEY,
  placed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS order_items (
  order_id    uuid    NOT NULL REFERENCES orders,
  product_id  integer NOT NULL REFERENCES products,
  quantity    integer NOT NULL,
  price_cents integer NOT NULL,
  PRIMARY KEY (order_id, product_id)
);

INSERT INTO products (id, name, category, price_cents)
SELECT id, 'Product ' || id, (ARRAY['books', 'garden', 'kitchen', 'tools'])[1 + id % 4], 100 + 37 * id % 9900
FROM generate_series(1, 5000) AS id
ON CONFLICT DO NOTHING;
