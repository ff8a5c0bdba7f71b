"""SQLAlchemy on SQLite: the ORM with relationships, queries, transactions, events, and the Core below it."""

import decimal
import os
import tempfile
from datetime import date, datetime
from importlib.metadata import version

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    MetaData,
    Numeric,
    String,
    Table,
    bindparam,
    case,
    create_engine,
    event,
    exists,
    func,
    insert,
    inspect,
    select,
    text,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, joinedload, mapped_column, relationship, selectinload


class Base(DeclarativeBase):
    pass


tagged = Table(
    "tagged",
    Base.metadata,
    Column("book", ForeignKey("book.id"), primary_key=True),
    Column("tag", ForeignKey("tag.name"), primary_key=True),
)


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30), unique=True)
    born: Mapped[date | None]
    extra: Mapped[dict] = mapped_column(JSON, default=dict)
    books: Mapped[list["Book"]] = relationship(back_populates="author", cascade="all, delete-orphan", order_by="Book.title")


class Book(Base):
    __tablename__ = "book"
    __table_args__ = (CheckConstraint("price >= 0", name="price_is_positive"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    price: Mapped[decimal.Decimal] = mapped_column(Numeric(8, 2))
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    author: Mapped[Author] = relationship(back_populates="books")
    tags: Mapped[set["Tag"]] = relationship(secondary=tagged)

    @hybrid_property
    def is_cheap(self):
        return self.price < 10


class Tag(Base):
    __tablename__ = "tag"
    name: Mapped[str] = mapped_column(primary_key=True)


def fill(session):
    fiction = Tag(name="fiction")
    session.add_all(
        [
            Author(
                name="Ada",
                born=date(1815, 12, 10),
                extra={"langs": ["en"]},
                books=[
                    Book(title="Notes", price=decimal.Decimal("9.99"), tags={fiction}),
                    Book(title="Engines", price=decimal.Decimal("25")),
                ],
            ),
            Author(name="Bob", books=[Book(title="Empty", price=decimal.Decimal("1.5"), tags={fiction, Tag(name="short")})]),
        ]
    )
    session.commit()


def main():
    print("sqlalchemy", version("sqlalchemy"))
    path = os.path.join(tempfile.mkdtemp(), "books.db")
    engine = create_engine(f"sqlite:///{path}")
    statements = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys = ON"))
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        fill(session)
        for author in session.scalars(
            select(Author).options(selectinload(Author.books).joinedload(Book.tags)).order_by(Author.name)
        ):
            print(
                author.name,
                author.born,
                author.extra,
                [(book.title, book.price, book.is_cheap, sorted(tag.name for tag in book.tags)) for book in author.books],
            )
        other = aliased(Book)
        print(
            session.execute(select(Author.name, func.count(Book.id), func.sum(Book.price)).join(Book).group_by(Author.id)).all()
        )
        print(session.scalars(select(Book.title).where(Book.is_cheap).order_by(Book.price.desc())).all())
        print(
            session.execute(
                select(Book.title, other.title).join(other, Book.author_id == other.author_id).where(Book.id < other.id)
            ).all()
        )
        print(session.scalars(select(Author.name).where(~exists().where(Book.author_id == Author.id, Book.price > 20))).all())
        print(session.scalars(select(Book).options(joinedload(Book.author)).where(Book.title.like("N%"))).one().author.name)
        for attempt in (
            lambda: session.add(Author(name="Ada")),
            lambda: session.add(Book(title="x", price=-1, author_id=1)),
            lambda: session.add(Book(title="x", price=1, author_id=99)),
        ):
            try:
                with session.begin_nested():
                    attempt()
            except IntegrityError as error:
                print(type(error).__name__, error.orig)
        session.delete(session.scalars(select(Author).where(Author.name == "Bob")).one())
        session.flush()
        print(session.scalar(select(func.count()).select_from(Book)), session.dirty, len(session.identity_map))
        session.rollback()
        session.execute(update(Book).where(Book.price > 5).values(price=Book.price * 2))
        session.commit()
        try:
            session.scalars(select(Author).where(Author.name == "nobody")).one()
        except NoResultFound as error:
            print(error)
    with engine.begin() as connection:
        connection.execute(insert(Author), [{"name": f"A{n}", "extra": {"n": n}} for n in range(1000)])
        kind = case((Author.id % 2 == 0, "even"), else_="odd")
        print(connection.execute(select(kind, func.count()).group_by(kind).order_by(kind)).all())
        row_number = func.row_number().over(order_by=Book.price.desc()).label("rank")
        print(connection.execute(select(Book.title, Book.price, row_number)).mappings().all())
        print(
            connection.execute(
                text("select name from author where id in :ids").bindparams(bindparam("ids", expanding=True)), {"ids": [1, 2]}
            ).all()
        )
        print(
            connection.scalar(select(func.max(Author.extra["n"].as_integer()))),
            connection.execute(
                union_all(
                    select(Author.name).where(Author.id == 1),
                    select(Book.title).where(tuple_(Book.id, Book.title) == (1, "Notes")),
                )
            ).all(),
        )
    print(len(statements) > 20, statements[-1].replace("\n", ""))
    reflected = MetaData()
    reflected.reflect(engine)
    print(sorted(reflected.tables), inspect(engine).get_check_constraints("book"), os.path.getsize(path) > 4096)
    with Session(create_engine("sqlite://")) as session:
        print(
            session.scalar(select(func.coalesce(None, 3))), session.scalar(select(func.date(datetime(2026, 1, 2).isoformat())))
        )
