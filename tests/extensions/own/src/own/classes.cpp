// C++: objects with constructors of their own, containers, strings, streams, sorting, virtual functions, variables of threads.
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <algorithm>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace {

struct Shape {
    virtual ~Shape() = default;
    virtual size_t length(const std::string &text) const = 0;
};
struct Plain : Shape {
    size_t length(const std::string &text) const override { return text.size(); }
};

// Made before main() would run.
const std::string separator = std::string(", ") + "";
const std::unique_ptr<Shape> shape = std::make_unique<Plain>();
thread_local std::vector<std::string> own_words;
// Each thread's is made when the thread first asks for it.
thread_local std::string own_start = std::string("own") + separator.substr(1);

struct Words {
    PyObject_HEAD
    std::vector<std::string> *words;
};

PyObject *make(PyTypeObject *type, PyObject *, PyObject *)
{
    auto *self = reinterpret_cast<Words *>(type->tp_alloc(type, 0));
    if (self != nullptr) {
        self->words = new std::vector<std::string>();
    }
    return reinterpret_cast<PyObject *>(self);
}

void destroy(PyObject *self)
{
    delete reinterpret_cast<Words *>(self)->words;
    Py_TYPE(self)->tp_free(self);
}

PyObject *add(PyObject *self, PyObject *text)
{
    const char *utf8 = PyUnicode_AsUTF8(text);
    if (utf8 == nullptr) {
        return nullptr;
    }
    reinterpret_cast<Words *>(self)->words->push_back(utf8);
    Py_RETURN_NONE;
}

PyObject *joined(PyObject *self, PyObject *)
{
    std::ostringstream out;
    for (const auto &word : *reinterpret_cast<Words *>(self)->words) {
        out << (out.tellp() > 0 ? separator : "") << word;
    }
    return PyUnicode_FromString(out.str().c_str());
}

PyObject *lengths(PyObject *self, PyObject *)
{
    std::map<std::string, size_t> found;
    for (const auto &word : *reinterpret_cast<Words *>(self)->words) {
        found[word] = shape->length(word);
    }
    PyObject *dict = PyDict_New();
    for (const auto &[word, length] : found) {
        PyObject *number = PyLong_FromSize_t(length);
        PyDict_SetItemString(dict, word.c_str(), number);
        Py_DECREF(number);
    }
    return dict;
}

Py_ssize_t length(PyObject *self) { return static_cast<Py_ssize_t>(reinterpret_cast<Words *>(self)->words->size()); }

PyObject *sorted_words(PyObject *, PyObject *number)
{
    long which = PyLong_AsLong(number);
    own_words.clear();
    for (int letter = 0; letter < 5; letter++) {
        own_words.push_back(std::string(1, static_cast<char>('e' - letter)) + std::to_string(which));
    }
    std::sort(own_words.begin(), own_words.end());
    std::string all = own_start;
    own_start += "used";
    for (const auto &word : own_words) {
        all += word;
    }
    return PyUnicode_FromString(all.c_str());
}

PyMethodDef words_methods[] = {
    {"add", add, METH_O, nullptr}, {"joined", joined, METH_NOARGS, nullptr}, {"lengths", lengths, METH_NOARGS, nullptr}, {},
};
PyType_Slot words_slots[] = {
    {Py_tp_new, reinterpret_cast<void *>(make)}, {Py_tp_dealloc, reinterpret_cast<void *>(destroy)},
    {Py_tp_methods, words_methods}, {Py_sq_length, reinterpret_cast<void *>(length)}, {},
};
PyType_Spec words_spec = {"own.classes.Words", sizeof(Words), 0, Py_TPFLAGS_DEFAULT, words_slots};

PyMethodDef methods[] = {{"sorted_words", sorted_words, METH_O, nullptr}, {}};
PyModuleDef module = {PyModuleDef_HEAD_INIT, "own.classes", nullptr, -1, methods};

} // namespace

PyMODINIT_FUNC PyInit_classes()
{
    PyObject *made = PyModule_Create(&module);
    PyObject *type = PyType_FromSpec(&words_spec);
    if (made == nullptr || type == nullptr || PyModule_AddObject(made, "Words", type) < 0) {
        return nullptr;
    }
    return made;
}
