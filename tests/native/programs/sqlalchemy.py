# [tool.pyapp] native = ["sqlalchemy"]
import sqlalchemy as sa
from sqlalchemy import util
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


engine = sa.create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all([User(name=name) for name in ("ada", "bob")])
    session.commit()
    print([user.name for user in session.scalars(sa.select(User).order_by(User.name.desc()))])
print(util.has_compiled_ext(), util.immutabledict(a=1).union({"b": 2}))
