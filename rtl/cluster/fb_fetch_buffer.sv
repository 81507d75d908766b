// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Fetch buffer of one core: a small private cache of 16-byte lines in front of the shared
// instruction cache, so that a loop that fits it fetches one word a cycle whatever the other cores
// do.
//
// Organisation: 2 ways, Bytes/32 sets, first in first out, and one more line for the prefetched
// one. The first word used of a line asks for the next line; it enters the sets only when it is
// used, so that it never evicts the head of a loop that just fits.
//
// Latency: a fetch is granted in the cycle it comes unless an older one waits, and is looked up in
// the next: a hit is answered there, at one word a cycle; a miss asks the shared cache in that
// cycle and is answered in the cycle the line comes. Straight-line code that hits in the shared
// cache does not wait.
//
// Handshake: line_req_o may be withdrawn or change until its grant; one line request is in flight,
// the next may be granted in the cycle of its answer. An error is never kept; the error of a
// prefetch says "not here now" and nothing about the line.
module fb_fetch_buffer #(
  parameter int Bytes = 512           // a power of two, 256 … 4096
) (
  input  wire          clk_i,
  input  wire          rst_ni,
  input  wire          flush_i,       // forget everything; a fetch of this same cycle misses
  // core (docs/isa.md, bus): answers in order
  input  wire          instr_req_i,
  input  wire  [31:0]  instr_addr_i,
  output logic         instr_gnt_o,
  output logic         instr_rvalid_o,
  output logic [31:0]  instr_rdata_o,
  output logic         instr_err_o,   // nothing executable lies there
  // shared cache
  output logic         line_req_o,
  output logic [31:0]  line_addr_o,   // multiple of 16
  output logic         line_prefetch_o,  // nobody waits: answer at once, a miss with an error
  input  wire          line_gnt_i,
  input  wire          line_rvalid_i,
  input  wire  [127:0] line_rdata_i,
  input  wire          line_err_i
);

  localparam int Lines    = Bytes / 16;
  localparam int SetWidth = $clog2(Lines / 2);
  localparam int TagWidth = 28 - SetWidth;

  // Line i = 2 * set + way.
  logic [TagWidth-1:0]  tag_q [Lines];
  logic [31:0]          word_q [Lines*4];
  logic [Lines-1:0]     valid_q;
  logic [Lines/2-1:0]   oldest_q;    // the way to replace, per set

  // The prefetched line.
  logic                 ahead_valid_q;
  logic [27:0]          ahead_line_q;
  logic [127:0]         ahead_data_q;

  // The fetch to be answered, and the line request in flight.
  logic                 fetch_q;
  logic [27:0]          line_q;
  logic [1:0]           offset_q;
  logic                 busy_q, prefetch_q, stale_q;
  logic [27:0]          asked_q;

  // The last line used, with a leading 1 if it is in the sets, and where. todo_q: the line after it
  // has still to be looked for.
  logic [28:0]          used_q;
  logic                 todo_q;
  logic [SetWidth:0]    slot_q;

  logic [27:0]          next;
  logic [SetWidth-1:0]  set, next_set;
  logic [SetWidth:0]    slot;
  logic [127:0]         data;
  logic                 hit0, hit1, hit_ahead, hit_arriving, arrives, fill, answer;
  logic                 another, look_ahead, next_here;
  assign set = line_q[SetWidth-1:0];

  // Lookup, of another line than the last only. A line asked for before a flush is not kept: it
  // answers the fetch that asked for it and no other.
  assign another = fetch_q && used_q != {1'b1, line_q};
  always_comb begin
    hit0          = 1'b0;
    hit1          = 1'b0;
    hit_ahead     = 1'b0;
    hit_arriving  = 1'b0;
    arrives       = 1'b0;
    fill          = 1'b0;
    answer        = fetch_q;
    slot          = slot_q;
    data          = '0;
    instr_err_o   = 1'b0;
    instr_rdata_o = word_q[{slot_q, offset_q}];
    if (line_rvalid_i) arrives = !(prefetch_q && (line_err_i || stale_q));
    if (another) begin
      hit0          = tag_q[{set, 1'b0}] == line_q[27:SetWidth] && valid_q[{set, 1'b0}];
      hit1          = tag_q[{set, 1'b1}] == line_q[27:SetWidth] && valid_q[{set, 1'b1}];
      answer        = hit0 || hit1;
      slot          = {set, hit1};
      instr_rdata_o = word_q[{slot, offset_q}];
      if (!answer) begin
        hit_ahead    = ahead_valid_q && ahead_line_q == line_q;
        hit_arriving = !hit_ahead && arrives && asked_q == line_q;
        answer       = hit_ahead || hit_arriving;
        fill         = hit_ahead || (hit_arriving && !line_err_i && !stale_q);
        slot         = {set, oldest_q[set]};
        data         = hit_ahead ? ahead_data_q : line_rdata_i;
        instr_err_o  = hit_arriving && line_err_i;
        unique case (offset_q)
          2'd0:    instr_rdata_o = data[31:0];
          2'd1:    instr_rdata_o = data[63:32];
          2'd2:    instr_rdata_o = data[95:64];
          default: instr_rdata_o = data[127:96];
        endcase
      end
    end
  end
  assign instr_rvalid_o = answer;
  assign instr_gnt_o    = !fetch_q || answer;

  // What to ask for: the line a fetch waits for, else the one after the line in use.
  always_comb begin
    next            = '0;
    next_set        = '0;
    next_here       = 1'b0;
    look_ahead      = 1'b0;
    line_req_o      = 1'b0;
    line_addr_o     = {line_q, 4'd0};
    line_prefetch_o = 1'b0;
    if (another && !answer) begin
      line_req_o = !busy_q || line_rvalid_i;
    end else if (another || todo_q) begin
      look_ahead      = 1'b1;
      next            = (another ? line_q : used_q[27:0]) + 28'd1;
      next_set        = next[SetWidth-1:0];
      next_here       =
          (tag_q[{next_set, 1'b0}] == next[27:SetWidth] && valid_q[{next_set, 1'b0}]) ||
          (tag_q[{next_set, 1'b1}] == next[27:SetWidth] && valid_q[{next_set, 1'b1}]) ||
          (ahead_valid_q && ahead_line_q == next) ||
          (busy_q && !stale_q && asked_q == next);
      line_req_o      = !next_here && (!busy_q || line_rvalid_i);
      line_addr_o     = {next, 4'd0};
      line_prefetch_o = 1'b1;
    end
  end

  // Registers. Without work the line in use is fetched from, or nothing happens.
  logic granted, work;
  assign granted = line_req_o && line_gnt_i;
  assign work    = another || todo_q || busy_q || flush_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      fetch_q       <= 1'b0;
      busy_q        <= 1'b0;
      stale_q       <= 1'b0;
      todo_q        <= 1'b0;
      used_q        <= '0;
      ahead_valid_q <= 1'b0;
      valid_q       <= '0;
      oldest_q      <= '0;
    end else begin
      fetch_q <= instr_req_i || !instr_gnt_o;
      if (work) begin
        busy_q <= granted || (busy_q && !line_rvalid_i);
        if (busy_q) stale_q <= (stale_q || flush_i) && !line_rvalid_i;
        if (instr_gnt_o) todo_q <= look_ahead && !next_here && !granted;
        if (flush_i) begin
          used_q[28]    <= 1'b0;
          valid_q       <= '0;
          ahead_valid_q <= 1'b0;
        end else begin
          if (another && answer) used_q <= {hit0 || hit1 || fill, line_q};
          if (fill) begin
            valid_q[slot] <= 1'b1;
            oldest_q[set] <= !oldest_q[set];
          end
          if (arrives && !hit_arriving) ahead_valid_q <= 1'b1;
          else if (hit_ahead) ahead_valid_q <= 1'b0;
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (instr_gnt_o) begin
      line_q         <= instr_addr_i[31:4];
      offset_q <= instr_addr_i[3:2];
    end
    if (work) begin
      if (another && answer) begin
        slot_q <= slot;
      end
      if (granted) begin
        asked_q    <= line_addr_o[31:4];
        prefetch_q <= line_prefetch_o;
      end
      if (arrives && !hit_arriving) begin
        ahead_line_q <= asked_q;
        ahead_data_q <= line_rdata_i;
      end
      if (fill) begin
        tag_q[slot]          <= line_q[27:SetWidth];
        word_q[{slot, 2'd0}] <= data[31:0];
        word_q[{slot, 2'd1}] <= data[63:32];
        word_q[{slot, 2'd2}] <= data[95:64];
        word_q[{slot, 2'd3}] <= data[127:96];
      end
    end
  end

  logic unused_bits;
  assign unused_bits = ^instr_addr_i[1:0];

endmodule

`default_nettype wire
