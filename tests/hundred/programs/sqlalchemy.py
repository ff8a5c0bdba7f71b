"""SQLAlchemy on SQLite: the ORM with relationships, queries, transactions, and the Core below it."""

from sqlalchemy import ForeignKey, Numeric, String, case, create_engine, event, func, inspect, select, text, union_all
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30), unique=True)
    items: Mapped[list["Item"]] = relationship(back_populates="owner", cascade="all, delete-orphan", order_by="Item.id")


class Item(Base):
    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    price: Mapped[float] = mapped_column(Numeric(8, 2))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    owner: Mapped[Person | None] = relationship(back_populates="items")


engine = create_engine("sqlite://")
seen = []
event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2].split()[0]))
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all([Person(name="Ada", items=[Item(price=1.5), Item(price=2)]), Person(name="Böb", items=[Item(price=9)])])
    session.commit()
    total = func.sum(Item.price).label("total")
    for row in session.execute(select(Person.name, total).join(Person.items).group_by(Person.id).order_by(total.desc())):
        print(row, row.total)
    ada = session.scalars(select(Person).options(joinedload(Person.items)).where(Person.name.like("A%"))).unique().one()
    ada.items.pop()
    session.flush()
    print(len(ada.items), session.scalar(select(func.count()).select_from(Item)), inspect(ada).persistent)
    session.rollback()
    print(len(ada.items))
    session.add(Person(name="Ada"))
    try:
        session.commit()
    except IntegrityError as error:
        print(error.orig)
with engine.begin() as connection:
    print(connection.execute(text("select upper(name) from person where id = :id"), {"id": 1}).scalar_one())
print(sorted(set(seen)), inspect(engine).get_table_names())
print(union_all(select(Item.id), select(Person.id).where(case((Person.id > 1, 1), else_=0) == 1)))
