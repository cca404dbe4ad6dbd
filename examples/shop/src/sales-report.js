/** @param {import('pg').Pool} pool */
export async function salesReport(pool) {
  // pg_sleep stands for the work of a report over years: it is still running when SIGTERM comes, and finishes.
  const { rows } = await pool.query(
    `SELECT category, count(*)::int AS orders, sum(quantity * order_items.price_cents)::int AS "totalCents"
     FROM order_items JOIN products ON products.id = product_id, pg_sleep(1.5)
     GROUP BY category ORDER BY category`,
  )
  return rows
}
