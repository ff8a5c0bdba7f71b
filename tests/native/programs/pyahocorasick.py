# [tool.pyapp] native = ["pyahocorasick"]
import ahocorasick

automaton = ahocorasick.Automaton()
for number, word in enumerate(("he", "she", "his", "hers", "übe")):
    automaton.add_word(word, (number, word))
automaton.make_automaton()
print(list(automaton.iter("ushers üben")), len(automaton), automaton.get("his"))
