// SPDX-License-Identifier: Apache-2.0
#include "search/train/checkpoint.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "base/error.hpp"
#include "base/sealed.hpp"
#include "models/files/graph_json.hpp"
#include "models/files/preparation_json.hpp"
#include "search/train/state_json.hpp"

namespace freebits::search {
namespace {

static_assert(std::endian::native == std::endian::little, "files hold little-endian floats");

constexpr FileKind kKind = {"freebits.checkpoint", 1};

std::vector<std::string> role_names() {
  return {"weight", "affine", "threshold", "gate", "statistic"};
}

Json bytes_of(std::span<const float> values) {
  std::vector<std::uint8_t> bytes(values.size_bytes());
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return Json::binary(std::move(bytes));
}

/// Empty, or as many floats as the parameter has.
Buffer floats_of(Fields& fields, const std::string& key, std::size_t expected) {
  const Json& value = fields.take(key);
  if (!value.is_binary()) fields.fail(key, shown(value), "bytes");
  const auto& bytes = value.get_binary();
  if (bytes.empty()) return {};
  if (bytes.size() != expected * sizeof(float)) {
    fields.fail(key, fmt::format("{} bytes", bytes.size()),
                fmt::format("{}: {} floats", expected * sizeof(float), expected));
  }
  Buffer buffer(expected);
  std::memcpy(buffer.data(), bytes.data(), bytes.size());
  return buffer;
}

std::span<const float> part(const Snapshot& snapshot, std::size_t i) {
  return snapshot.empty() ? std::span<const float>{} : snapshot.values()[i].span();
}

Json parameters_json(const TrainingState& state) {
  Json all = Json::array();
  const Moments none;
  std::size_t i = 0;
  for (const Parameter& p : state.parameters) {
    const Moments& moments = state.optimizer.moments.empty() ? none : state.optimizer.moments[i];
    all.push_back({{"name", p.name},
                   {"role", role_names()[static_cast<std::size_t>(p.role)]},
                   {"frozen", p.frozen},
                   {"least", p.least},
                   {"value", bytes_of(p.value.span())},
                   {"average", bytes_of(part(state.average, i))},
                   {"best", bytes_of(part(state.best, i))},
                   {"first", bytes_of(moments.first.span())},
                   {"second", bytes_of(moments.second.span())},
                   {"norm", bytes_of(moments.norm.span())}});
    ++i;
  }
  return all;
}

/// In the file's order, which is that of their creation.
Parameter& add_parameter(Fields& fields, TrainingState& state, const Parameters& expected) {
  const std::string name = fields.text("name");
  if (state.parameters.find(name) != nullptr) fields.fail("name", name, "it once");
  const auto known = std::ranges::find(expected, name, &Parameter::name);
  if (known == expected.end()) fields.fail("name", name, "a parameter of " + state.graph.name);
  const auto role = static_cast<Role>(fields.choice("role", role_names()));
  if (role != known->role) fields.fail("role", "another", "the network's");
  return state.parameters.add(name, role, known->value.size());
}

void read_parameter(Fields fields, TrainingState& state, const Parameters& expected) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  Parameter& p = add_parameter(fields, state, expected);
  const std::size_t size = p.value.size();
  p.frozen = fields.flag("frozen");
  p.least = static_cast<float>(fields.real("least", -kInfinity, kInfinity));
  Buffer value = floats_of(fields, "value", size);
  if (value.size() == 0) fields.fail("value", "no bytes", fmt::format("{} floats", size));
  p.value = std::move(value);
  const auto take = [&](const char* key, Snapshot& snapshot) {
    if (Buffer buffer = floats_of(fields, key, size); buffer.size() != 0)
      snapshot.values().push_back(std::move(buffer));
  };
  take("average", state.average);
  take("best", state.best);
  Moments& moments = state.optimizer.moments.emplace_back();
  moments.first = floats_of(fields, "first", size);
  moments.second = floats_of(fields, "second", size);
  moments.norm = floats_of(fields, "norm", size);
  fields.finish();
}

/// A graph may promise more weights than the file holds: found before memory is taken for them.
void expect_values(const Json& list, const std::string& where, const models::Graph& graph) {
  std::uint64_t held = 0;
  for (const Json& each : list) {
    const auto value = each.is_object() ? each.find("value") : each.end();
    if (value != each.end() && value->is_binary()) held += value->get_binary().size();
  }
  std::uint64_t left = held / sizeof(float);
  const std::vector<models::Shape> shapes = models::shapes(graph);
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const models::Layer& layer = graph.layers[i];
    const std::size_t count = weight_count(layer, shapes[layer.inputs[0]], shapes[i + 1]);
    if (count > left) {
      throw Error(
          fmt::format("{}: parameters: {} bytes of values, expected more: layer {} has {} weights",
                      where, held, layer.name, count));
    }
    left -= count;
  }
}

void read_parameters(const Json& list, const std::string& where, TrainingState& state) {
  expect_values(list, where, state.graph);
  Parameters expected;
  create_parameters(expected, state.graph, 0, state.quantization ? &*state.quantization : nullptr);
  for (const Json& each : list)
    read_parameter({each, fmt::format("{}: parameter {}", where, state.parameters.size() + 1)},
                   state, expected);
  for (const Parameter& p : expected) {
    if (state.parameters.find(p.name) == nullptr)
      throw Error(
          fmt::format("{}: no parameter {}, expected all of {}", where, p.name, state.graph.name));
  }
  for (const Snapshot* snapshot : {&state.average, &state.best}) {
    if (!snapshot->empty() && snapshot->values().size() != state.parameters.size())
      throw Error(fmt::format("{}: an average or best values of {} parameters, expected {}", where,
                              snapshot->values().size(), state.parameters.size()));
  }
}

Json optional(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

std::optional<double> take_accuracy(Fields& fields, const std::string& key) {
  if (fields.take(key).is_null()) return std::nullopt;
  return fields.real(key, 0, 1);
}

/// One of each that is finished.
void read_epochs(Fields& fields, TrainingState& state) {
  const Json& list = fields.list("epochs");
  if (list.size() != state.position.epoch)
    fields.fail("epochs", fmt::format("{} entries", list.size()),
                fmt::format("{}, the epoch of position", state.position.epoch));
  for (const Json& epoch : list) {
    const std::size_t number = state.epochs.size() + 1;
    const std::string where = fmt::format("{}: epochs: entry {}", fields.where(), number);
    state.epochs.push_back(epoch_of({epoch, where}));
    if (state.epochs.back().epoch != number)
      throw Error(
          fmt::format("{}: epoch: {}, expected {}", where, state.epochs.back().epoch, number));
  }
}

TrainingState read(const std::filesystem::path& file) {
  const std::string where = file.string();
  const Json document = read_sealed(file, kKind);
  Fields fields(document, where);
  TrainingState state;
  state.graph = models::graph_of(fields.take("graph"), where + ": graph");
  state.options = options_of(fields.object("options"));
  state.preparation = models::take_preparation(fields, state.graph.input);
  if (const Json& quantization = fields.take("quantization"); !quantization.is_null())
    state.quantization = quantization_of({quantization, where + ": quantization"}, state.graph);
  state.position = position_of(fields.object("position"), state.options);
  read_epochs(fields, state);
  state.initial_accuracy = take_accuracy(fields, "initial_test_accuracy");
  state.best_accuracy = take_accuracy(fields, "best_test_accuracy");
  state.optimizer.steps = static_cast<std::uint64_t>(
      fields.number("optimizer_steps", 0, std::numeric_limits<std::int64_t>::max()));
  read_parameters(fields.list("parameters"), where, state);
  fields.finish();
  return state;
}

Json document_of(const TrainingState& state) {
  Json epochs = Json::array();
  for (const EpochResult& epoch : state.epochs) epochs.push_back(to_json(epoch));
  Json document = {{"graph", models::graph_json(state.graph)},
                   {"options", to_json(state.options)},
                   {"quantization", state.quantization ? to_json(*state.quantization) : Json()},
                   {"position", to_json(state.position)},
                   {"epochs", epochs},
                   {"initial_test_accuracy", optional(state.initial_accuracy)},
                   {"best_test_accuracy", optional(state.best_accuracy)},
                   {"optimizer_steps", state.optimizer.steps},
                   {"parameters", parameters_json(state)}};
  models::put_preparation(document, state.preparation);
  return document;
}

}  // namespace

TrainingState read_checkpoint(const std::filesystem::path& file) { return read(file); }

void write_checkpoint(const std::filesystem::path& file, const TrainingState& state) {
  write_sealed(file, kKind, document_of(state));
}

std::uint64_t most_checkpoint_bytes(const TrainingState& state) {
  constexpr std::uint64_t kNames = 512;         // of a parameter: keys, sizes, flags
  constexpr std::uint64_t kOthers = 128 << 10;  // graph, options, epochs
  std::uint64_t floats = 0, names = 0;
  for (const Parameter& p : state.parameters) {
    floats += p.value.size();
    names += kNames + p.name.size();
  }
  // Value, best and a moment.
  std::uint64_t kinds = 3;
  if (state.options.average > 0) ++kinds;
  if (state.options.optimizer.kind == OptimizerKind::Adam) ++kinds;
  return kinds * floats * sizeof(float) + names + kOthers;
}

}  // namespace freebits::search
