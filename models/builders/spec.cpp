// SPDX-License-Identifier: Apache-2.0
// NAME:KEY=VALUE,… to a network.
#include <fmt/format.h>

#include <charconv>
#include <map>
#include <stdexcept>
#include <string>

#include "base/error.hpp"
#include "models/builders/builders.hpp"

namespace freebits::models {
namespace {

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

  template <class Number>
  Number take(std::string_view key, std::optional<Number> otherwise, Number least, Number most) {
    const auto found = values_.find(key);
    if (found == values_.end()) {
      if (!otherwise) fail(fmt::format("expected key '{}'", key));
      // What a data set says, say: no better than what somebody types.
      if (!(*otherwise >= least && *otherwise <= most))
        fail(fmt::format("{}={}: expected {} to {}", key, *otherwise, least, most));
      return *otherwise;
    }
    const std::string_view text = found->second;
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || !(number >= least) ||
        !(number <= most)) {
      fail(fmt::format("{}={}: expected {} to {}", key, text, least, most));
    }
    values_.erase(found);
    return number;
  }

  void finish(std::string_view known) const {
    if (!values_.empty())
      fail(fmt::format("no key '{}'; one of {}", values_.begin()->first, known));
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(fmt::format("network '{}': {}", spec_, what));
  }

 private:
  std::string_view spec_;
  std::map<std::string_view, std::string_view> values_;
};

constexpr unsigned kMostPixels = 1024, kMostChannels = 1024, kMostClasses = 100000;

struct Defaults {
  std::optional<Shape> image;
  std::optional<unsigned> classes;
};

NetworkOptions options_of(Keys& keys, const Defaults& defaults, NetworkOptions options) {
  if (defaults.image) {
    if (defaults.image->height != defaults.image->width) {
      keys.fail(fmt::format("takes square images, got {}x{}", defaults.image->height,
                            defaults.image->width));
    }
    options.resolution = defaults.image->height;
    options.channels = defaults.image->channels;
  }
  options.width = keys.take<double>("width", 1.0, 0.1, 4.0);
  options.resolution = keys.take<unsigned>("resolution", options.resolution, 16, kMostPixels);
  options.channels = keys.take<unsigned>("channels", options.channels, 1, kMostChannels);
  options.classes =
      keys.take<unsigned>("classes", defaults.classes.value_or(options.classes), 2, kMostClasses);
  keys.finish("width, resolution, channels, classes");
  return options;
}

Graph ds_cnn_of(Keys& keys, const Defaults& defaults) {
  const Shape image = defaults.image.value_or(Shape{49, 10, 1});
  const unsigned height = keys.take<unsigned>("height", image.height, 10, kMostPixels);
  const unsigned width = keys.take<unsigned>("width", image.width, 4, kMostPixels);
  const unsigned channels = keys.take<unsigned>("channels", image.channels, 1, kMostChannels);
  const unsigned classes =
      keys.take<unsigned>("classes", defaults.classes.value_or(12), 2, kMostClasses);
  keys.finish("height, width, channels, classes");
  return ds_cnn(height, width, channels, classes);
}

Graph build(std::string_view spec, const Defaults& defaults) {
  const std::string_view name = spec.substr(0, spec.find(':'));
  const bool has_keys = name.size() < spec.size();
  Keys keys(spec, has_keys ? spec.substr(name.size() + 1) : std::string_view{});
  if (name == "mobilenet_v1") return mobilenet_v1(options_of(keys, defaults, {}));
  if (name == "mobilenet_v2") return mobilenet_v2(options_of(keys, defaults, {}));
  if (name == "resnet8") {
    return resnet8(
        options_of(keys, defaults, {.width = 1, .resolution = 32, .channels = 3, .classes = 10}));
  }
  if (name == "ds_cnn") return ds_cnn_of(keys, defaults);
  throw Error(fmt::format("no network '{}'; one of {}", name, kNetworkSpecs));
}

}  // namespace

Graph build_network(std::string_view spec) { return build(spec, {}); }

Graph build_network(std::string_view spec, Shape image, unsigned classes) {
  Graph graph = build(spec, {.image = image, .classes = classes});
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
