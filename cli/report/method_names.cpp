// SPDX-License-Identifier: Apache-2.0
#include "cli/report/method_names.hpp"

#include <string>

#include "search/methods/method.hpp"

namespace freebits::cli {
namespace {

/// An array that is a member of an object; none: null.
nlohmann::json* array_in(nlohmann::json& object, const char* key) {
  if (!object.is_object() || !object.contains(key) || !object[key].is_array()) return nullptr;
  return &object[key];
}

void rename_method(nlohmann::json& candidate) {
  if (!candidate.is_object() || !candidate.contains("method")) return;
  nlohmann::json& method = candidate["method"];
  if (method.is_string()) method = search::present_name(method.get_ref<const std::string&>());
}

}  // namespace

nlohmann::ordered_json methods_json() {
  auto json = nlohmann::ordered_json::array();
  for (const search::Method* const method : search::all_methods()) {
    const search::MethodFacts& facts = method->facts();
    json.push_back({{"name", facts.name},
                    {"description", facts.description},
                    {"baseline", facts.is_baseline}});
  }
  return json;
}

void bring_up_to_date(nlohmann::json& result) {
  if (!result.is_object() || result.contains("methods")) return;
  result["methods"] = methods_json();
  nlohmann::json* const targets = array_in(result, "targets");
  if (targets == nullptr) return;
  for (nlohmann::json& target : *targets) {
    nlohmann::json* const candidates = array_in(target, "candidates");
    if (candidates == nullptr) continue;
    for (nlohmann::json& candidate : *candidates) rename_method(candidate);
  }
}

}  // namespace freebits::cli
