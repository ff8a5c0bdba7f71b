"""pyasn1_modules: a key and a name of a certificate, encoded and read back."""

from pyasn1.codec.der import decoder, encoder
from pyasn1.type import univ
from pyasn1_modules import pem, rfc2459, rfc3447, rfc5280, rfc8017

key = rfc3447.RSAPublicKey()
key["modulus"], key["publicExponent"] = 3233, 17
data = encoder.encode(key)
print(data.hex(), int(decoder.decode(data, asn1Spec=rfc8017.RSAPublicKey())[0]["modulus"]))
attribute = rfc5280.AttributeTypeAndValue()
attribute["type"] = rfc5280.id_at_commonName
attribute["value"] = encoder.encode(rfc5280.X520CommonName().setComponentByName("utf8String", "me"))
name = rfc5280.RDNSequence()
name[0][0] = attribute
data = encoder.encode(name)
back, _ = decoder.decode(data, asn1Spec=rfc5280.RDNSequence())
print(data.hex(), back[0][0]["type"] == rfc2459.id_at_commonName)
print(len(rfc5280.certificateExtensionsMap) > 10, rfc5280.id_ce_keyUsage, pem.readBase64fromText("BQA="))
print(decoder.decode(pem.readBase64fromText("BQA="))[0] == univ.Null(""))
