// SPDX-License-Identifier: Apache-2.0
#include "search/pipeline/settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/fields.hpp"
#include "base/file_bytes.hpp"
#include "models/files/graph_json.hpp"
#include "search/data/content.hpp"
#include "search/train/state_json.hpp"

namespace freebits::search {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kVersion = 1;

/// What decides the results of stages that are kept: not which methods are asked for, nor how one
/// configuration is chosen in the end.
Json json_of(const models::Graph& graph, const SearchSettings& s) {
  Json train = to_json(s.train);
  train.erase("threads");
  const bool gates = s.searches_gates();
  return {{"version", kVersion},
          {"graph", models::graph_json(graph)},
          {"train", train},
          {"checkpoint", s.checkpoint ? Json(*s.checkpoint) : Json()},
          {"checkpoint_content", s.checkpoint_content},
          {"form",
           gates ? Json(s.form == GatedForm::Independent ? "independent" : "residual") : Json()},
          {"gate_epochs", gates ? Json(s.gate_epochs) : Json()},
          {"fine_tuning_epochs", s.fine_tuning_epochs},
          {"fine_tuning_rate", s.fine_tuning_rate},
          {"sensitivity_images", s.sensitivity_images}};
}

/// The path of the first value that differs.
std::optional<std::string> first_difference(const Json& a, const Json& b, const std::string& path) {
  if (a == b) return std::nullopt;
  if (a.is_object() && b.is_object()) {
    for (const auto& [key, value] : a.items()) {
      const Json other = b.contains(key) ? b[key] : Json();
      if (auto found = first_difference(value, other, path.empty() ? key : path + "." + key))
        return found;
    }
  }
  return fmt::format("{}: {} there, {} here", path, shown(a), shown(b));
}

/// Options of differentiable searches: null until a search in this folder has trained gates. A
/// search without gates keeps the stored values.
void settle_gates(Json& held, Json& wanted) {
  for (const char* key : {"form", "gate_epochs"}) {
    if (wanted[key].is_null()) {
      wanted[key] = held[key];
    } else if (held[key].is_null()) {
      held[key] = wanted[key];
    }
  }
}

/// A file that lies somewhere, and what is in it.
struct Source {
  std::string place, content;  ///< empty: none, or not known (folders of before)
};

Source take_source(Json& settings, const std::string& key) {
  const auto taken = [&](const std::string& name) {
    const auto found = settings.find(name);
    if (found == settings.end()) return std::string();
    const std::string text = found->is_string() ? found->get<std::string>() : "";
    settings.erase(found);
    return text;
  };
  Source source;
  source.place = taken(key);
  source.content = taken(key + "_content");
  return source;
}

bool is_same(const Source& a, const Source& b) {
  if (!a.content.empty() && !b.content.empty()) return a.content == b.content;
  std::error_code none;
  return same_place(a.place, b.place) || fs::equivalent(a.place, b.place, none);
}

std::string shown(const Source& source) { return source.place.empty() ? "none" : source.place; }

/// What the search in the folder has that this one has not, or the other way round. Takes the
/// places of both apart.
std::optional<std::string> difference(Json held, Json wanted) {
  if (!held.is_object() || !held.contains("train") || !held["train"].is_object())
    return "no settings there";
  const Source data_held = take_source(held["train"], "dataset");
  const Source data_wanted = take_source(wanted["train"], "dataset");
  const Source from_held = take_source(held, "checkpoint");
  const Source from_wanted = take_source(wanted, "checkpoint");
  if (auto found = first_difference(held, wanted, "")) return found;
  if (!is_same(data_held, data_wanted))
    return fmt::format("the images differ: those of {} there, of {} here", shown(data_held),
                       shown(data_wanted));
  if (!is_same(from_held, from_wanted))
    return fmt::format("it starts from another checkpoint: {} there, {} here", shown(from_held),
                       shown(from_wanted));
  return std::nullopt;
}

}  // namespace

bool SearchSettings::starts_from(Start start) const {
  return std::ranges::any_of(methods, [&](const Method* m) { return m->facts().start == start; });
}

bool SearchSettings::uses_sensitivities() const {
  return std::ranges::any_of(methods,
                             [](const Method* m) { return m->facts().uses_sensitivities; });
}

const std::vector<double>& SearchSettings::strengths(Start start) const {
  static const std::vector<double> none;
  if (start == Start::None) return none;
  return start == Start::BopSearch ? bop_strengths : latency_strengths;
}

void claim_folder(const fs::path& folder, const models::Graph& graph, const SearchSettings& s) {
  const fs::path file = folder / "search.json";
  Json wanted = json_of(graph, s);
  try {
    fs::create_directories(folder);
    if (fs::exists(file)) {
      const Json before = parse_json(read_bytes(file), file.string());
      Json held = before;
      if (held.is_object()) settle_gates(held, wanted);
      if (const auto found = difference(held, wanted))
        throw Error(fmt::format("{}: holds another search ({}); name another folder", file.string(),
                                *found));
      if (wanted == before) return;
    }
    write_atomically(file, {wanted.dump(2), "\n"});
  } catch (const fs::filesystem_error& error) {
    throw Error(fmt::format("{}: {}", folder.string(), error.code().message()));
  }
}

}  // namespace freebits::search
