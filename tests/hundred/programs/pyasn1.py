"""pyasn1: types, DER, BER and native values of a record, and mistakes."""

from pyasn1.codec.ber import encoder as ber
from pyasn1.codec.der import decoder, encoder
from pyasn1.codec.native import encoder as native
from pyasn1.error import PyAsn1Error
from pyasn1.type import char, constraint, namedtype, tag, univ, useful


class Record(univ.Sequence):
    componentType = namedtype.NamedTypes(
        namedtype.NamedType("id", univ.Integer()),
        namedtype.OptionalNamedType("room", univ.Integer().subtype(implicitTag=tag.Tag(tag.tagClassContext, tag.tagFormatSimple, 0))),
        namedtype.DefaultedNamedType("name", char.UTF8String("x")),
    )


record = Record()
record["id"], record["room"], record["name"] = 2**70, 5, "ü"
data = encoder.encode(record)
back, rest = decoder.decode(data + b"\x05\x00", asn1Spec=Record())
print(data.hex(), back == record, rest, native.encode(back)["room"])
print(back.prettyPrint())
print(encoder.encode(univ.ObjectIdentifier("1.2.840.113549")).hex(), ber.encode(univ.OctetString(b"abcd"), defMode=False, maxChunkSize=2).hex())
print(useful.UTCTime("260102030405Z").asDateTime.isoformat(), univ.BitString("1011").asBinary())
small = univ.Integer().subtype(subtypeSpec=constraint.ValueRangeConstraint(1, 3))
for wrong in (lambda: small.clone(9), lambda: decoder.decode(b"\x30\x05\x02"), lambda: decoder.decode(b"\x02\x01\x01", asn1Spec=Record())):
    try:
        print(wrong())
    except PyAsn1Error as error:
        print(type(error).__name__)
