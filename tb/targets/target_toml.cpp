// SPDX-License-Identifier: Apache-2.0
// Target files: TOML to Target and back.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/toml.hpp"
#include "tb/targets/target.hpp"

namespace freebits::tb {
namespace {

/// Reads typed values and remembers what was asked for, so that whatever else stands in the file is
/// an error.
class Reader {
 public:
  Reader(std::string_view text, const std::string& origin) : origin_(origin) {
    root_ = parse_toml(text, origin);
  }

  [[noreturn]] void fail(std::size_t line, const std::string& what) const {
    throw Error(fmt::format("{}:{}: {}", origin_, line, what));
  }

  /// Leaves `value` as it is when the key is missing and not required.
  void number(const char* section, const char* key, std::uint32_t& value, bool required = false) {
    const toml::node* node = find(section, key, "an integer", required);
    if (node == nullptr) return;
    if (!node->is_integer()) wrong_type(*node, section, key, "an integer");
    value = in_range(*node, section, key, node->as_integer()->get());
  }

  void real(const char* section, const char* key, double& value) {
    const toml::node* node = find(section, key, "a number", false);
    if (node == nullptr) return;
    if (!node->is_number()) wrong_type(*node, section, key, "a number");
    value = *node->value<double>();
    if (!std::isfinite(value)) wrong_type(*node, section, key, "a finite number");
  }

  void text(const char* section, const char* key, std::string& value, bool required = false) {
    const toml::node* node = find(section, key, "a string", required);
    if (node == nullptr) return;
    if (!node->is_string()) wrong_type(*node, section, key, "a string");
    value = node->as_string()->get();
  }

  /// Bytes: an integer, or a string such as "128 KiB".
  void size(const char* section, const char* key, std::uint32_t& value) {
    constexpr const char* kExpected = R"(bytes, as an integer or like "128 KiB" or "8 MiB")";
    const toml::node* node = find(section, key, kExpected, false);
    if (node == nullptr) return;
    if (node->is_integer()) {
      value = in_range(*node, section, key, node->as_integer()->get());
    } else if (const auto* string = node->as_string()) {
      const auto bytes = parse_size(string->get());
      if (!bytes) wrong_type(*node, section, key, kExpected);
      value = in_range(*node, section, key, *bytes);
    } else {
      wrong_type(*node, section, key, kExpected);
    }
  }

  [[nodiscard]] bool has(const char* section, const char* key) const {
    return root_[section][key].node() != nullptr;
  }

  /// Line of a key, or of what comes nearest to it.
  [[nodiscard]] std::size_t line(const std::string& section, const std::string& key) const {
    if (const toml::node* node = root_[section][key].node()) return node->source().begin.line;
    if (const toml::node* node = root_[section].node()) return node->source().begin.line;
    return 1;
  }

  /// Every key that was not asked for is an error.
  void reject_unknown() const {
    for (const auto& [section, node] : root_) {
      const std::string name(section.str());
      const auto known = known_.find(name);
      if (known == known_.end()) {
        fail(section.source().begin.line,
             fmt::format("unknown {} '{}'; expected the sections {}",
                         node.is_table() ? "section" : "key", name, fmt::join(sections(), ", ")));
      }
      if (!node.is_table()) {
        fail(section.source().begin.line,
             fmt::format("'{}' is a value; expected a section [{}]", name, name));
      }
      for (const auto& [key, value] : *node.as_table()) {
        if (known->second.contains(std::string(key.str()))) continue;
        fail(key.source().begin.line, fmt::format("unknown key '{}' in [{}]; expected {}",
                                                  key.str(), name, fmt::join(known->second, ", ")));
      }
    }
  }

 private:
  const toml::node* find(const char* section, const char* key, const char* expected,
                         bool required) {
    known_[section].insert(key);
    const toml::node* node = root_[section][key].node();
    if (node == nullptr && required) {
      fail(line(section, key),
           fmt::format("missing key '{}' in [{}]; expected {}", key, section, expected));
    }
    return node;
  }

  [[noreturn]] void wrong_type(const toml::node& node, const char* section, const char* key,
                               const char* expected) const {
    fail(node.source().begin.line, fmt::format("[{}] {}: expected {}", section, key, expected));
  }

  std::uint32_t in_range(const toml::node& node, const char* section, const char* key,
                         std::int64_t value) const {
    if (value < 0 || value > 0xffff'ffff) {
      fail(node.source().begin.line,
           fmt::format("[{}] {} is {}; expected 0 to 4294967295", section, key, value));
    }
    return static_cast<std::uint32_t>(value);
  }

  static std::optional<std::int64_t> parse_size(const std::string& text) {
    static const std::map<std::string, double> kUnits = {
        {"", 1}, {"B", 1}, {"KiB", 1024}, {"MiB", 1024.0 * 1024}, {"GiB", 1024.0 * 1024 * 1024}};
    std::size_t used = 0;
    double number = 0;
    try {
      number = std::stod(text, &used);
    } catch (const std::exception&) {
      return std::nullopt;
    }
    const std::size_t unit = text.find_first_not_of(' ', used);
    const auto found = kUnits.find(unit == std::string::npos ? "" : text.substr(unit));
    if (found == kUnits.end()) return std::nullopt;
    const double bytes = number * found->second;
    if (bytes != std::floor(bytes) || std::abs(bytes) > 1e15) return std::nullopt;
    return static_cast<std::int64_t>(bytes);
  }

  [[nodiscard]] std::vector<std::string> sections() const {
    std::vector<std::string> names;
    for (const auto& [name, keys] : known_) names.push_back("[" + name + "]");
    return names;
  }

  std::string origin_;
  toml::table root_;
  std::map<std::string, std::set<std::string>> known_;
};

void read_level(Reader& reader, isa::Level& level) {
  std::string name;
  reader.text("target", "isa", name, true);
  const auto parsed = isa::parse_level(name);
  if (!parsed) {
    reader.fail(reader.line("target", "isa"),
                fmt::format("[target] isa is '{}'; expected one of {}", name,
                            fmt::join(isa::kLevelNames, ", ")));
  }
  level = *parsed;
}

void read_banks(Reader& reader, Geometry& geometry) {
  std::uint32_t factor = 2;
  reader.number("cluster", "banks", geometry.banks);
  reader.number("cluster", "banking_factor", factor);
  if (!reader.has("cluster", "banks")) {
    geometry.banks = std::max(2U, geometry.cores * std::min(factor, 64U));
  } else if (reader.has("cluster", "banking_factor")) {
    reader.fail(reader.line("cluster", "banking_factor"),
                "[cluster] has banks and banking_factor; expected one of them");
  }
}

/// A message of validate() names "[section] key" first: that key's line.
[[noreturn]] void fail_at(const Reader& reader, const std::string& message) {
  const std::size_t end = message.find(']');
  const std::string section = message.substr(1, end - 1);
  std::string key = message.substr(end + 2, message.find_first_of(" :", end + 2) - end - 2);
  if (key == "banks" && section == "cluster" && !reader.has("cluster", "banks")) {
    key = "banking_factor";
  }
  reader.fail(reader.line(section, key), message);
}

}  // namespace

Target parse_target(std::string_view text, const std::string& origin) {
  Reader reader(text, origin);
  Target target;
  Geometry& g = target.geometry;
  target.name = std::filesystem::path(origin).stem().string();
  reader.text("target", "name", target.name);
  read_level(reader, target.level);
  reader.real("target", "clock_mhz", target.clock_mhz);
  reader.number("cluster", "cores", g.cores, true);
  read_banks(reader, g);
  reader.size("cluster", "l1", g.l1_bytes);
  reader.size("icache", "size", g.icache_bytes);
  reader.number("icache", "ways", g.icache_ways);
  reader.number("icache", "banks", g.icache_banks);
  reader.size("icache", "fetch_buffer", g.fetch_buffer_bytes);
  reader.number("dma", "queue_depth", g.dma_queue_depth);
  reader.number("dma", "read_ahead", g.dma_read_ahead);
  reader.size("l2", "size", target.l2.bytes);
  reader.number("l2", "latency", target.l2.latency);
  reader.size("l3", "size", target.l3.bytes);
  reader.number("l3", "latency", target.l3.latency);
  reader.real("l3", "bytes_per_cycle", target.l3.bytes_per_cycle);
  reader.size("l3", "burst", target.l3.burst_bytes);
  reader.number("l3", "burst_setup", target.l3.burst_setup);
  reader.reject_unknown();
  try {
    check_name("[target] name", target.name);
    validate(target);
  } catch (const std::exception& error) {
    fail_at(reader, error.what());
  }
  return target;
}

std::string to_toml(const Target& target) {
  const Geometry& g = target.geometry;
  std::string text = "[target]\n";
  const auto section = [&](const char* name) { text += fmt::format("\n[{}]\n", name); };
  const auto line = [&](const char* key, const auto& value) {
    text += fmt::format("{} = {}\n", key, value);
  };
  // Reals always with a point or exponent: TOML tells them from integers.
  const auto real = [&](const char* key, double value) { line(key, fmt::format("{:#}", value)); };
  std::ostringstream name;
  name << toml::value<std::string>(target.name);
  line("name", name.str());
  line("isa", fmt::format("\"{}\"", isa::name(target.level)));
  real("clock_mhz", target.clock_mhz);
  section("cluster");
  line("cores", g.cores);
  line("banks", g.banks);
  line("l1", g.l1_bytes);
  section("icache");
  line("size", g.icache_bytes);
  line("ways", g.icache_ways);
  line("banks", g.icache_banks);
  line("fetch_buffer", g.fetch_buffer_bytes);
  section("dma");
  line("queue_depth", g.dma_queue_depth);
  line("read_ahead", g.dma_read_ahead);
  section("l2");
  line("size", target.l2.bytes);
  line("latency", target.l2.latency);
  section("l3");
  line("size", target.l3.bytes);
  line("latency", target.l3.latency);
  real("bytes_per_cycle", target.l3.bytes_per_cycle);
  line("burst", target.l3.burst_bytes);
  line("burst_setup", target.l3.burst_setup);
  return text;
}

}  // namespace freebits::tb
