// SPDX-License-Identifier: Apache-2.0
#include "base/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/cbor_structure.hpp"
#include "base/error.hpp"
#include "base/printable.hpp"

namespace freebits {
namespace {

std::string shortened(std::string_view text) {
  constexpr std::size_t kMost = 40;
  return printable(text.substr(0, kMost)) + (text.size() > kMost ? " …" : "");
}

/// Makes the document of what the library's parsers find, and refuses what it must not hold.
class Builder : public nlohmann::json_sax<Json> {
 public:
  explicit Builder(const std::string& where) : where_(where) {}

  [[nodiscard]] Json result() { return std::move(root_); }

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(value); }
  bool number_unsigned(number_unsigned_t value) override { return put(value); }
  bool number_float(number_float_t value, const string_t&) override { return put(value); }
  bool string(string_t& value) override { return put(std::move(value)); }
  bool binary(binary_t& value) override { return put(std::move(value)); }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (!open_.back().keys.insert(name).second)
      fail(fmt::format("key \"{}\" stands twice, expected once", shortened(name)));
    auto& members = open_.back().value->get_ref<Json::object_t&>();
    // Not by operator[], which looks at all keys before.
    slot_ = &static_cast<Json::object_t::Container&>(members).emplace_back(name, nullptr).second;
    return true;
  }

 protected:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(fmt::format("{}: {}", where_, what));
  }

 private:
  struct Open {
    Json* value;
    std::unordered_set<std::string> keys;
  };

  Json* place(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& around = *open_.back().value;
    if (around.is_array()) {
      around.push_back(std::move(value));
      return &around.back();
    }
    *slot_ = std::move(value);
    return slot_;
  }
  bool put(Json value) {
    (void)place(std::move(value));
    return true;
  }
  bool open(Json value) {
    if (open_.size() == kMostDepth)
      fail(fmt::format("nested deeper than {}, expected at most that", kMostDepth));
    open_.push_back({place(std::move(value)), {}});
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  const std::string& where_;
  Json root_;
  Json* slot_ = nullptr;    ///< of the member whose key was last
  std::vector<Open> open_;  ///< no list or object around an open one grows: the pointers hold
};

class JsonBuilder final : public Builder {
 public:
  JsonBuilder(std::string_view text, const std::string& where) : Builder(where), text_(text) {}

  bool parse_error(std::size_t position, const std::string& token,
                   const Json::exception& error) override {
    const std::string_view before = text_.substr(0, std::max<std::size_t>(position, 1) - 1);
    const auto line = 1 + std::ranges::count(before, '\n');
    const std::size_t column = before.size() - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0
    const std::string at = fmt::format("line {}, column {}", line, column);
    constexpr int kOutOfRange = 406;
    if (error.id == kOutOfRange)
      fail(fmt::format("{}: the number {} is too large, expected at most 1.8e308", at,
                       shortened(token)));
    if (position > text_.size())
      fail(fmt::format("not JSON: {}: the text ends in the middle of the document", at));
    fail(fmt::format("not JSON: {}: '{}' cannot stand here", at, shortened(token)));
  }

 private:
  std::string_view text_;
};

class CborBuilder final : public Builder {
 public:
  using Builder::Builder;
  bool parse_error(std::size_t position, const std::string&, const Json::exception&) override {
    fail(
        fmt::format("at byte {} of its CBOR: nothing that stands for a value of JSON, or a key "
                    "that is no text",
                    position));
  }
};

}  // namespace

Json parse_json(std::string_view text, const std::string& where) {
  JsonBuilder builder(text, where);
  Json::sax_parse(text, &builder);
  return builder.result();
}

Json parse_cbor(std::string_view bytes, const std::string& where) {
  check_cbor_structure(bytes, where);
  CborBuilder builder(where);
  Json::sax_parse(bytes, &builder, Json::input_format_t::cbor);
  return builder.result();
}

}  // namespace freebits
