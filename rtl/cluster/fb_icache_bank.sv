// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// One bank of the shared instruction cache: the lines whose number modulo Banks is Bank. Grants one
// line a cycle, to every port that asks for that line: ports that wait before those that prefetch,
// round robin within each kind. Looks it up in the next cycle and answers a hit there. One miss at
// a time goes to the outside; meanwhile hits are served, and requests for the missing line join it.
// A prefetch is answered at once, a missing one with an error while the line is being fetched.
//
// After a flush the refill in flight is delivered to those that wait for it and not kept.
module fb_icache_bank #(
  parameter int NumPorts = 8,
  parameter int Lines    = 128,   // of this bank
  parameter int Ways     = 4,
  parameter int Banks    = 2,
  parameter int Bank     = 0
) (
  input  wire                    clk_i,
  input  wire                    rst_ni,
  input  wire                    flush_i,
  input  wire  [27:0]            l2_lines_i,
  input  wire  [27:0]            l3_lines_i,
  // requests of all ports, for all banks
  input  wire  [NumPorts-1:0]    req_i,
  input  wire  [NumPorts-1:0]    prefetch_i,
  input  wire  [NumPorts*32-1:0] addr_i,        // multiples of 16
  output logic [NumPorts-1:0]    gnt_o,
  output logic [NumPorts-1:0]    rvalid_o,
  output logic                   err_o,
  output logic [127:0]           rdata_o,
  // a line worth fetching that no port has asked for
  input  wire                    next_valid_i,
  input  wire  [27:0]            next_line_i,
  output logic                   next_gnt_o,
  // refill: both halves are to be asked for; they come in order
  output logic                   missed_o,       // a port's request begins a miss, of lookup_line_o
  output logic [27:0]            lookup_line_o,
  output logic                   miss_valid_o,
  output logic [27:0]            miss_line_o,
  input  wire                    miss_asked_i,
  input  wire                    beat_valid_i,
  input  wire                    beat_last_i,
  input  wire  [63:0]            beat_data_i
);

  localparam int Sets      = Lines / Ways;
  localparam int BankWidth = $clog2(Banks);
  localparam int SetWidth  = $clog2(Sets);
  localparam int SlotWidth = $clog2(Lines);
  localparam int TagLsb    = BankWidth + SetWidth;
  localparam int WayWidth  = Ways > 1 ? $clog2(Ways) : 1;

  // Slot = Sets * way + set.
  logic [27-TagLsb:0]   tag_q [Lines];
  logic [127:0]         data_q [Lines];
  logic [Lines-1:0]     valid_q;
  logic [WayWidth-1:0]  oldest_q [Sets];   // the way to replace

  // The request being looked up.
  logic                 lookup_q;
  logic [27:0]          line_q;
  logic [NumPorts-1:0]  ports_q, prefetch_q;

  // The miss being served.
  logic                 miss_q, asked_q, stale_q;
  logic [27:0]          miss_line_q;
  logic [NumPorts-1:0]  waiting_q;
  logic [63:0]          lower_q;
  logic                 filled;
  assign filled        = beat_valid_i && beat_last_i;
  assign miss_valid_o  = miss_q && !asked_q;
  assign miss_line_o   = miss_line_q;
  assign lookup_line_o = line_q;

  // Lookup and answer. A refill is answered first; who cannot be served stays.
  logic                 executable, hit, ready, allocate, join_miss;
  logic [SlotWidth-1:0] way_slot, slot, fill_slot;
  logic [SetWidth-1:0]  fill_set;
  logic [WayWidth-1:0]  fill_way;
  logic                 keep;
  always_comb begin
    keep       = 1'b0;
    fill_set   = '0;
    fill_way   = '0;
    fill_slot  = '0;
    executable = 1'b0;
    hit        = 1'b0;
    way_slot   = '0;
    slot       = '0;
    ready      = 1'b1;
    allocate   = 1'b0;
    join_miss  = 1'b0;
    rvalid_o   = '0;
    err_o      = 1'b0;
    rdata_o    = '0;
    if (filled) begin
      ready     = !lookup_q;
      rvalid_o  = waiting_q;
      rdata_o   = {beat_data_i, lower_q};
      keep      = !stale_q;
      fill_set  = miss_line_q[TagLsb-1:BankWidth];
      fill_way  = oldest_q[fill_set];
      fill_slot = SlotWidth'(fill_set) + SlotWidth'(fill_way) * SlotWidth'(Sets);
    end else if (lookup_q) begin
      executable = line_q - fb_cluster_pkg::L2Base[31:4] < l2_lines_i ||
                   line_q - fb_cluster_pkg::L3Base[31:4] < l3_lines_i;
      for (int way = 0; way < Ways; way++) begin
        way_slot = SlotWidth'(Sets * way) + SlotWidth'(line_q[TagLsb-1:BankWidth]);
        if (tag_q[way_slot] == line_q[27:TagLsb] && valid_q[way_slot]) begin
          hit  = 1'b1;
          slot = way_slot;
        end
      end
      if (hit) begin
        rvalid_o = ports_q;
        rdata_o  = data_q[slot];
      end else begin
        err_o    = 1'b1;
        rvalid_o = executable ? ports_q & prefetch_q : ports_q;
        if (executable) begin
          if (!miss_q) allocate = 1'b1;
          else if (miss_line_q == line_q && !stale_q) join_miss = 1'b1;
          else ready = (ports_q & ~prefetch_q) == '0;
        end
      end
    end
  end
  assign missed_o = allocate && ports_q != '0;

  // Arbitration: the first port after the last winner, and whoever wants the same line.
  logic [NumPorts-1:0]  mine, candidates, winner, after_q;
  logic [27:0]          line;
  always_comb begin
    mine       = '0;
    candidates = '0;
    winner     = '0;
    line       = next_line_i;
    gnt_o      = '0;
    next_gnt_o = 1'b0;
    if (ready) begin
      if (req_i != '0) begin
        for (int p = 0; p < NumPorts; p++) begin
          mine[p] = req_i[p] && 32'(addr_i[p*32+4 +: 28]) % Banks == Bank;
        end
      end
      if (mine != '0) begin
        candidates = mine & ~prefetch_i;
        if (candidates == '0) candidates = mine;
        winner = candidates & after_q;
        if (winner == '0) winner = candidates;
        winner = winner & (~winner + 1'b1);
        line   = '0;
        for (int p = 0; p < NumPorts; p++) begin
          if (winner[p]) line = line | addr_i[p*32+4 +: 28];
        end
        for (int p = 0; p < NumPorts; p++) begin
          gnt_o[p] = mine[p] && addr_i[p*32+4 +: 28] == line;
        end
      end else begin
        next_gnt_o = next_valid_i && 32'(next_line_i) % Banks == Bank;
      end
    end
  end

  // Registers. Without work nothing happens: a refill has its miss.
  logic start, work;
  assign start = mine != '0 || next_gnt_o;
  assign work  = start || lookup_q || miss_q || flush_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      lookup_q <= 1'b0;
      miss_q   <= 1'b0;
      after_q  <= '0;
      valid_q  <= '0;
    end else if (work) begin
      if (ready) lookup_q <= start;
      if (start) after_q <= ~(winner | (winner - 1'b1));
      miss_q <= allocate || (miss_q && !filled);
      if (flush_i) valid_q <= '0;
      else if (keep) valid_q[fill_slot] <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (work) begin
      if (start) begin
        line_q     <= line;
        ports_q    <= gnt_o;
        prefetch_q <= prefetch_i;
      end else if (!ready && !filled) begin
        ports_q    <= ports_q & ~prefetch_q;
      end
      if (allocate) begin
        miss_line_q <= line_q;
        waiting_q   <= ports_q & ~prefetch_q;
        asked_q     <= 1'b0;
        stale_q     <= 1'b0;
      end else if (miss_q) begin
        if (join_miss) waiting_q <= waiting_q | (ports_q & ~prefetch_q);
        if (miss_asked_i) asked_q <= 1'b1;
        if (flush_i) stale_q <= 1'b1;
        if (beat_valid_i && !beat_last_i) lower_q <= beat_data_i;
      end
      if (keep) begin
        tag_q[fill_slot]   <= miss_line_q[27:TagLsb];
        data_q[fill_slot]  <= {beat_data_i, lower_q};
        oldest_q[fill_set] <= fill_way == WayWidth'(Ways - 1) ? '0 : fill_way + 1'b1;
      end
    end
  end

endmodule

`default_nettype wire
