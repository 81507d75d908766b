// SPDX-License-Identifier: Apache-2.0
// What the page of a report takes for granted about a result.
#include <fmt/format.h>

#include <set>
#include <string>
#include <string_view>

#include "cli/report/report_page.hpp"

namespace freebits::cli {

namespace {

using Json = nlohmann::json;

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw Error(fmt::format("{}: {}", path.empty() ? "the document" : path, what));
}

std::string joined(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

std::string at(const std::string& path, std::size_t index) {
  return fmt::format("{}[{}]", path, index);
}

/// A member of an object, with its path for messages.
struct Member {
  const Json& value;
  std::string path;

  [[nodiscard]] Member operator[](std::string_view key) const {
    if (!value.is_object()) wrong("an object");
    const auto found = value.find(key);
    if (found == value.end()) {
      fail(joined(path, key),
           "missing; a result of freebits search has it, perhaps one of another version");
    }
    return {*found, joined(path, key)};
  }

  [[noreturn]] void wrong(std::string_view expected) const {
    fail(path, fmt::format("is {}; expected {}", described(), expected));
  }

  [[nodiscard]] std::string described() const {
    if (value.is_object() || value.is_array()) return fmt::format("an {}", value.type_name());
    const std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
    return text.size() <= 60 ? text : text.substr(0, 57) + "...";
  }

  const Member& text() const {
    if (!value.is_string()) wrong("text");
    return *this;
  }
  const Member& number_or_null() const {
    if (!value.is_number() && !value.is_null()) wrong("a number or null");
    return *this;
  }
  const Member& object() const {
    if (!value.is_object()) wrong("an object");
    return *this;
  }
  const Member& array() const {
    if (!value.is_array()) wrong("an array");
    return *this;
  }
};

void check_schema(const Member& result) {
  const Member schema = result["schema"];
  if (const Member name = schema["name"]; name.value != "freebits.search") {
    name.wrong("\"freebits.search\", as freebits search writes");
  }
  if (const Member version = schema["version"]; version.value != 1) {
    version.wrong("1, the version this freebits reads");
  }
}

void check_layers(const Member& layers) {
  layers.array();
  for (std::size_t i = 0; i < layers.value.size(); ++i) {
    const Member layer{layers.value[i], at(layers.path, i)};
    layer["name"].text();
    layer["kind"].text();
    layer["macs"].number_or_null();
    const Member inputs = layer["inputs"];
    inputs.array();
    for (std::size_t k = 0; k < inputs.value.size(); ++k) {
      Member{inputs.value[k], at(inputs.path, k)}.text();
    }
    layer["output"].text();
  }
}

void check_widths(const Member& widths) {
  widths.object();
  for (const auto& [name, value] : widths.value.items()) {
    if (!value.is_number_integer())
      Member{value, joined(widths.path, name)}.wrong("a width in bits");
  }
}

/// A member that may be missing or null, and else is one entry a layer.
void check_per_layer(const Member& candidate, std::string_view key, std::size_t layers) {
  if (!candidate.value.contains(key)) return;
  const Member list = candidate[key];
  if (list.value.is_null()) return;
  list.array();
  if (list.value.size() != layers) {
    fail(list.path,
         fmt::format("has {} entries; expected one a layer, {}", list.value.size(), layers));
  }
}

void check_candidate(const Member& candidate, std::size_t layers) {
  candidate["id"].text();
  candidate["method"].text();
  candidate["label"].text();
  for (const char* key : {"accuracy_float_quantized", "accuracy_integer", "cycles_table",
                          "cycles_measured", "bops", "weight_bytes"}) {
    candidate[key].number_or_null();
  }
  const Member bits = candidate["bits"];
  check_widths(bits["weights"]);
  check_widths(bits["activations"]);
  check_per_layer(candidate, "layer_cycles", layers);
  check_per_layer(candidate, "accounting", layers);
}

/// Results of earlier versions have none.
void check_methods(const Member& result) {
  if (!result.value.contains("methods")) return;
  const Member methods = result["methods"];
  methods.array();
  for (std::size_t i = 0; i < methods.value.size(); ++i) {
    const Member method{methods.value[i], at(methods.path, i)};
    method["name"].text();
    method["description"].text();
  }
}

void check_target(const Member& target, std::size_t layers) {
  target["name"].text();
  target["target"].object();
  const Member candidates = target["candidates"];
  candidates.array();
  std::set<std::string> ids;
  for (std::size_t i = 0; i < candidates.value.size(); ++i) {
    const Member candidate{candidates.value[i], at(candidates.path, i)};
    check_candidate(candidate, layers);
    const Member id = candidate["id"];
    if (!ids.insert(id.value.get<std::string>()).second) {
      id.wrong("an id that no other candidate of the target has");
    }
  }
  const auto check_id = [&](const Member& id) {
    if (!id.value.is_string() || !ids.contains(id.value.get<std::string>())) {
      id.wrong("the id of a candidate of the target");
    }
  };
  const Member front = target["front"];
  front.array();
  for (std::size_t i = 0; i < front.value.size(); ++i) {
    check_id({front.value[i], at(front.path, i)});
  }
  if (const Member chosen = target["chosen"]; !chosen.value.is_null()) check_id(chosen);
}

}  // namespace

void check_result(const Json& document) {
  const Member result{document, ""};
  check_schema(result);
  result["freebits"]["version"].text();
  result["network"].text();
  result["dataset"].text();
  result["float_accuracy"].number_or_null();
  result["max_drop"].number_or_null();
  check_methods(result);
  const Member layers = result["layers"];
  check_layers(layers);
  const Member targets = result["targets"];
  targets.array();
  for (std::size_t i = 0; i < targets.value.size(); ++i) {
    check_target({targets.value[i], at(targets.path, i)}, layers.value.size());
  }
}

}  // namespace freebits::cli
