# [tool.pyapp] native = ["pandas", "numpy"]
import io

import pandas as pd

sales = pd.DataFrame({
    "shop": ["north", "south", "north", "east", "south"],
    "day": pd.date_range("2026-03-27", periods=5, freq="D", tz="Europe/Berlin"),
    "price": [1.5, 2.25, None, 4.0, 3.0],
    "count": [3, 1, 2, 5, 4],
})
print(sales.dtypes)
print(sales.describe(include="number"))
print(sales.groupby("shop").agg({"price": "mean", "count": ["sum", "max"]}))
print(sales.merge(pd.DataFrame({"shop": ["north", "east"], "owner": ["Ann", "Bo"]}), on="shop", how="left"))
print(sales.pivot_table(index="shop", values="count", aggfunc="sum", margins=True))
print(sales["price"].rolling(2, min_periods=1).mean().tolist(), sales["price"].interpolate().cumsum().round(2).tolist())
print(sales.set_index("day")["count"].resample("2D").sum(), sales["day"].dt.tz_convert("UTC").dt.hour.tolist())
print(sales["shop"].astype("category").cat.codes.tolist(), sales["shop"].str.upper().str.contains("O").tolist())
text = sales.to_csv(index=False)
again = pd.read_csv(io.StringIO(text), parse_dates=["day"])
print(text, again["count"].sum(), again.shape, pd.read_json(io.StringIO(sales[["shop", "count"]].to_json())).equals(sales[["shop", "count"]]))
print(sales.sort_values(["shop", "count"], ascending=[True, False]).index.tolist(), sales.query("count > 2 and shop != 'east'").shape)
print(pd.to_timedelta("1 days 02:03:04"), pd.Period("2026-02", freq="M").days_in_month, pd.Timestamp(0, unit="s", tz="UTC"))
print(pd.Series([1, 2, 3], dtype="Int64").shift().sum(), pd.cut([1, 5, 9], bins=[0, 3, 6, 10], labels=["low", "mid", "high"]).tolist())
try:
    pd.to_datetime("no date")
except ValueError as error:
    print(type(error).__name__)
