# [tool.pyapp] native = ["bcrypt"]
import bcrypt

salt = b"$2b$04$abcdefghijklmnopqrstuu"
hashed = bcrypt.hashpw(b"secret", salt)
print(hashed, bcrypt.checkpw(b"secret", hashed), bcrypt.checkpw(b"other", hashed), len(bcrypt.gensalt(4)))
