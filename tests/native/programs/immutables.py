# [tool.pyapp] native = ["immutables"]
import immutables

first = immutables.Map(a=1, b=2)
second = first.set("c", 3).delete("a")
with second.mutate() as changing:
    for number in range(200):
        changing[number] = number * number
    third = changing.finish()
print(sorted(first.items()), sorted(second.items()), len(third), third[14], hash(first) == hash(immutables.Map(b=2, a=1)), immutables.Map.__module__)
