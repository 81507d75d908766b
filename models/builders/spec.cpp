// SPDX-License-Identifier: Apache-2.0
// NAME:KEY=VALUE,… to a network.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>

#include "base/error.hpp"
#include "models/builders/builders.hpp"
#include "models/builders/family.hpp"

namespace freebits::models {
namespace {

/// What a data set says of its images.
struct DataShape {
  Shape image;
  unsigned classes;
};

/// Keys with their values, taken out one by one; whoever is left over is unknown.
class Keys {
 public:
  Keys(std::string_view spec, std::string_view list) : spec_(spec) {
    while (!list.empty()) {
      const std::string_view entry = list.substr(0, list.find(','));
      list.remove_prefix(std::min(list.size(), entry.size() + 1));
      const std::size_t equals = entry.find('=');
      if (equals == std::string_view::npos) fail(fmt::format("'{}': expected KEY=VALUE", entry));
      if (!values_.emplace(entry.substr(0, equals), entry.substr(equals + 1)).second)
        fail(fmt::format("key '{}' stands twice", entry.substr(0, equals)));
    }
  }

  /// The value of a key, or `otherwise`.
  double take(const NetworkKey& key, double otherwise) {
    const auto found = values_.find(key.name);
    if (found == values_.end()) {
      // What a data set says, say: no better than what somebody types.
      if (!fits(key, otherwise)) refuse(key, fmt::format("{}", otherwise));
      return otherwise;
    }
    const std::optional<double> number =
        key.whole ? parsed<unsigned>(found->second) : parsed<double>(found->second);
    if (!number || !fits(key, *number)) refuse(key, found->second);
    values_.erase(found);
    return *number;
  }

  void finish(const std::string& known) const {
    if (!values_.empty())
      fail(fmt::format("no key '{}'; one of {}", values_.begin()->first, known));
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(fmt::format("network '{}': {}", spec_, what));
  }

 private:
  static bool fits(const NetworkKey& key, double number) {
    return number >= key.least && number <= key.most;
  }

  template <class Number>
  static std::optional<double> parsed(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return static_cast<double>(number);
  }

  [[noreturn]] void refuse(const NetworkKey& key, std::string_view got) const {
    fail(fmt::format("{}={}: expected {} to {}", key.name, got, key.least, key.most));
  }

  std::string_view spec_;
  std::map<std::string_view, std::string_view> values_;
};

std::string names(const std::vector<NetworkKey>& keys) {
  std::vector<std::string_view> all;
  for (const NetworkKey& key : keys) all.push_back(key.name);
  return fmt::format("{}", fmt::join(all, ", "));
}

double from_data(const NetworkKey& key, const DataShape& data) {
  switch (key.source) {
    case KeySource::User:
      return key.fallback;
    case KeySource::Height:
    case KeySource::Side:
      return data.image.height;
    case KeySource::Width:
      return data.image.width;
    case KeySource::Channels:
      return data.image.channels;
    case KeySource::Classes:
      return data.classes;
  }
  throw std::logic_error("a source that is none");
}

void expect_square(const NetworkFamily& family, const DataShape& data, const Keys& keys) {
  if (data.image.height == data.image.width) return;
  for (const NetworkKey& key : family.keys) {
    if (key.source == KeySource::Side)
      keys.fail(fmt::format("takes square images, got {}x{}", data.image.height, data.image.width));
  }
}

/// Sets what the key says of the network's input.
void set_input(Shape& input, const NetworkKey& key, double value) {
  const auto number = static_cast<unsigned>(value);
  const KeySource source = key.source;
  if (source == KeySource::Height || source == KeySource::Side) input.height = number;
  if (source == KeySource::Width || source == KeySource::Side) input.width = number;
  if (source == KeySource::Channels) input.channels = number;
}

const NetworkFamily& family_of(std::string_view name) {
  const auto all = network_families();
  const auto found = std::ranges::find(all, name, &NetworkFamily::name);
  if (found == all.end())
    throw Error(fmt::format("no network '{}'; one of {}", name, network_specs()));
  return **found;
}

Graph build(std::string_view spec, const std::optional<DataShape>& data) {
  const std::string_view name = spec.substr(0, spec.find(':'));
  const bool has_keys = name.size() < spec.size();
  Keys keys(spec, has_keys ? spec.substr(name.size() + 1) : std::string_view{});
  const NetworkFamily& family = family_of(name);
  if (data) expect_square(family, *data, keys);
  KeyValues values;
  Graph graph{.name = std::string(name), .input = {}, .layers = {}};
  for (const NetworkKey& key : family.keys) {
    const double value = keys.take(key, data ? from_data(key, *data) : key.fallback);
    values.set(key.name, value);
    set_input(graph.input, key, value);
    graph.name += fmt::format("{}{}={}", graph.name == name ? ":" : ",", key.name, value);
  }
  keys.finish(names(family.keys));
  Chain chain(graph);
  family.append(chain, values);
  return graph;
}

constexpr unsigned kMostPixels = 1024, kMostChannels = 1024, kMostClasses = 100000;

NetworkKey channels_key(unsigned fallback) {
  return {"channels", static_cast<double>(fallback), 1, kMostChannels, KeySource::Channels};
}

NetworkKey classes_key(unsigned fallback) {
  return {"classes", static_cast<double>(fallback), 2, kMostClasses, KeySource::Classes};
}

}  // namespace

double KeyValues::real(std::string_view key) const {
  for (const auto& [name, value] : values_) {
    if (name == key) return value;
  }
  throw std::logic_error(fmt::format("a network's family has no key '{}'", key));
}

std::vector<NetworkKey> image_keys(unsigned resolution, unsigned classes) {
  return {{"width", 1, 0.1, 4, KeySource::User, false},
          {"resolution", static_cast<double>(resolution), 16, kMostPixels, KeySource::Side},
          channels_key(3),
          classes_key(classes)};
}

std::vector<NetworkKey> rectangle_keys(Shape least, Shape fallback, unsigned classes) {
  const auto key = [](std::string_view name, unsigned otherwise, unsigned low, KeySource source) {
    return NetworkKey{name, static_cast<double>(otherwise), static_cast<double>(low), kMostPixels,
                      source};
  };
  return {key("height", fallback.height, least.height, KeySource::Height),
          key("width", fallback.width, least.width, KeySource::Width),
          channels_key(fallback.channels), classes_key(classes)};
}

std::string network_specs() {
  std::string text;
  const auto all = network_families();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string keys = names(all[i]->keys);
    text += all[i]->name;
    // Neighbours with the same keys have them once.
    if (i + 1 == all.size() || names(all[i + 1]->keys) != keys)
      text += fmt::format(" (keys {})", keys);
    if (i + 1 < all.size()) text += ", ";
  }
  return text;
}

Graph build_network(std::string_view spec) { return build(spec, std::nullopt); }

Graph build_network(std::string_view spec, Shape image, unsigned classes) {
  Graph graph = build(spec, DataShape{image, classes});
  const Shape output = shapes(graph).back();
  if (!(graph.input == image) || output.channels != classes) {
    throw Error(fmt::format(
        "network '{}' takes {}x{}x{} and tells {} classes; the data set has images of {}x{}x{} and "
        "{} classes",
        spec, graph.input.height, graph.input.width, graph.input.channels, output.channels,
        image.height, image.width, image.channels, classes));
  }
  return graph;
}

}  // namespace freebits::models
