// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Instruction fetch: runs ahead of the core through a small word buffer, follows predicted
// hardware-loop ends without a bubble, aligns and hands one instruction per cycle to ID.
//
// Latency: redirect_i in cycle t puts the target on the bus in t; with an immediate grant and
// response the instruction is offered in t+1 (t+2 for a 32-bit instruction whose halves lie in two
// words). Handshake: valid_o && ready_i hands an instruction over. redirect_i drops everything
// fetched so far.
//
// Loop ends: a word whose successor is lpend of a loop that still goes round is followed by
// lpstart, and tagged with the loop. When a loop is set up while words beyond its end are already
// here, they are dropped and the end is tagged (trim). EX checks the tag against what really
// happened (fb_hwloop), so a wrong prediction costs cycles, never correctness.
module fb_if_stage (
  input  wire                    clk_i,
  input  wire                    rst_ni,
  input  wire                    awake_i,          // 0: nothing moves, no response is outstanding
  input  wire  [31:0]            boot_addr_i,
  // bus
  output logic                   instr_req_o,
  output logic [31:0]            instr_addr_o,
  input  wire                    instr_gnt_i,
  input  wire                    instr_rvalid_i,
  input  wire  [31:0]            instr_rdata_i,
  input  wire                    instr_err_i,
  output logic                   fetch_idle_o,     // no response outstanding
  // to ID
  output logic                   valid_o,
  input  wire                    ready_i,
  output logic [31:0]            pc_o,
  output logic [31:0]            insn_o,           // 16-bit instructions in the lower half
  output logic                   err_o,            // access fault
  output logic                   err_upper_o,      // … of the second word only
  output logic                   aligning_o,       // not valid because a jump target lies across two words
  output logic [1:0]             tag_o,            // loop_tag_e: the instruction ends the body of this loop
  // redirection
  input  wire                    redirect_i,
  input  wire  [31:0]            target_i,
  // loop prediction
  input  wire  [31:0]            first0_i,         // loop 0: address of its first instruction,
  input  wire  [31:0]            last0_i,          // … behind its last,
  input  wire  [31:0]            count0_i,         // … rounds left
  input  wire  [31:0]            first1_i,
  input  wire  [31:0]            last1_i,
  input  wire  [31:0]            count1_i,
  input  wire                    loop_write_i,     // EX writes loop registers (already visible above)
  input  wire  [1:0]             tag_commit_i,     // an instruction tagged with loop i completed in EX
  input  wire                    tags_in_flight_i, // ID or EX holds a tagged instruction
  output logic [1:0]             inflight_o        // a tagged word of loop i has been requested and has not completed
);

  localparam int unsigned Depth = 4;

  // Word buffer. A slot is allocated at the grant, filled by the response, freed by the aligner.
  logic [31:0]                 word_q [Depth];
  logic [Depth-1:0]            err_q;
  logic [1:0]                  tag_q [Depth];
  logic [1:0]                  alloc_q, fill_q, read_q;
  logic [2:0]                  used_q;         // allocated slots
  logic [2:0]                  filled_q;       // of these, filled ones
  logic [1:0]                  outstanding_q;  // granted requests without response, dropped ones included
  logic [1:0]                  discard_q;      // of these, responses to drop

  logic [29:0] fetch_addr_q;      // next word to request
  logic [29:0] held_addr_q;       // ungranted request that a redirection has made obsolete
  logic        zombie_q;          // … and that stands until its grant
  logic        requested_q;       // a request was presented and not granted
  logic        fresh_q;           // redirected and nothing offered yet
  logic        no_tag_q;          // the next request is not predicted to end a loop
  logic [31:0] pc_q;
  logic [2:0]  inflight0_q, inflight1_q;

  // The first cycle after reset redirects to the boot address.
  logic        boot_q, redirect;
  logic [31:0] target;
  assign redirect = redirect_i || boot_q;
  assign target   = boot_q ? boot_addr_i : target_i;

  // Responses.
  logic take, pop, restart, flush;
  assign take = instr_rvalid_i && discard_q == 2'd0;

  // Aligner: head word and its successor, bypassing the buffer for the word that arrives now.
  logic        w0_valid, w1_valid, w0_err, w1_err, upper, compressed, straddles, mispredicted;
  logic [31:0] w0, w1;
  logic [1:0]  next_slot, head_tag;
  assign next_slot = read_q + 2'd1;
  assign head_tag  = tag_q[read_q];
  assign upper     = pc_q[1];
  always_comb begin
    w0           = 'x;
    w0_err       = 'x;
    w1           = 'x;
    w1_err       = 'x;
    compressed   = 'x;
    straddles    = 'x;
    pop          = 'x;
    w0_valid     = 1'b0;
    w1_valid     = 1'b0;
    mispredicted = 1'b0;
    if (awake_i) begin
      w0       = instr_rdata_i;
      w0_err   = instr_err_i;
      w1       = instr_rdata_i;
      w1_err   = instr_err_i;
      w0_valid = take;
      if (filled_q != 3'd0) begin
        w0       = word_q[read_q];
        w0_err   = err_q[read_q];
        w0_valid = 1'b1;
        w1_valid = take;
        if (filled_q != 3'd1) begin
          w1       = word_q[next_slot];
          w1_err   = err_q[next_slot];
          w1_valid = 1'b1;
        end
      end
      compressed = upper ? w0[17:16] != 2'b11 : w0[1:0] != 2'b11;
      straddles  = upper && !compressed && !w0_err;
      // The word is used up by its upper half, by a whole 32-bit instruction, and by a fault.
      pop        = upper || !compressed || w0_err;
      // A 32-bit instruction that reaches past a word predicted to end a loop: fetch it again
      // without the prediction, once the tags in ID and EX are gone.
      mispredicted = w0_valid && straddles && head_tag != fb_core_pkg::TagNone;
    end
  end
  assign restart = mispredicted && !tags_in_flight_i && !redirect;

  logic consume;
  assign valid_o     = w0_valid && (!straddles || w1_valid) && !mispredicted;
  assign consume     = valid_o && ready_i;
  assign pc_o        = pc_q;
  assign insn_o      = upper ? {w1[15:0], w0[31:16]} : w0;
  assign err_o       = w0_err || (straddles && w1_err);
  assign err_upper_o = !w0_err;
  assign aligning_o  = fresh_q && w0_valid && straddles && !w1_valid;

  // Trim: the buffered words run on from the one at pc_q; the new loop ends behind the distance-th
  // of them.
  logic [29:0] distance0, distance1;
  logic        near0, near1, trim, trim_filled;
  logic [2:0]  distance;
  logic [1:0]  trim_tag, trim_slot;
  always_comb begin
    distance0   = 'x;
    distance1   = 'x;
    near0       = 'x;
    near1       = 'x;
    distance    = 'x;
    trim_tag    = 'x;
    trim_slot   = 'x;
    trim_filled = 'x;
    trim        = 1'b0;
    if (loop_write_i) begin
      distance0 = last0_i[31:2] - pc_q[31:2];
      distance1 = last1_i[31:2] - pc_q[31:2];
      near0     = count0_i > 32'd1 && distance0 != 30'd0 && distance0 <= {27'd0, used_q};
      near1     = count1_i > 32'd1 && distance1 != 30'd0 && distance1 <= {27'd0, used_q};
      distance  = near0 ? distance0[2:0] : distance1[2:0];
      trim_tag  = near0 ? fb_core_pkg::TagLoop0 : fb_core_pkg::TagLoop1;
      trim_slot = read_q + distance[1:0];  // behind the last word kept
      // All words kept have arrived, or nothing is dropped: so the responses to drop are the next
      // ones.
      trim_filled = distance <= filled_q;
      trim        = (near0 || near1) && (trim_filled || (distance == used_q && !requested_q)) &&
                    inflight_o == 2'b00 && !redirect;
    end
  end

  logic [31:0] pc_next;
  always_comb begin
    tag_o   = fb_core_pkg::TagNone;
    pc_next = 'x;
    if (consume) begin
      if (pop) tag_o = trim && distance == 3'd1 ? trim_tag : head_tag;
      pc_next = pc_q + (compressed ? 32'd2 : 32'd4);
      if (tag_o == fb_core_pkg::TagLoop0) pc_next = first0_i;
      if (tag_o == fb_core_pkg::TagLoop1) pc_next = first1_i;
    end
  end

  // Requests. An obsolete request that still waits for its grant goes first.
  logic [29:0] addr;
  logic        request, granted, zombie;
  always_comb begin
    flush   = 1'b0;
    request = 1'b0;
    zombie  = 1'b0;
    addr    = fetch_addr_q;
    if (awake_i) begin
      flush   = redirect || restart;
      addr    = redirect ? target[31:2] : restart ? pc_q[31:2] :
                trim ? (near0 ? first0_i[31:2] : first1_i[31:2]) : fetch_addr_q;
      request = (flush || (trim && distance < 3'd4) || used_q < 3'd4) && outstanding_q < 2'd2;
      zombie  = zombie_q || ((flush || trim) && requested_q);
    end
  end
  assign instr_req_o  = zombie || request;
  assign instr_addr_o = {zombie ? (zombie_q ? held_addr_q : fetch_addr_q) : addr, 2'b00};
  assign granted      = request && instr_gnt_i && !zombie;
  assign fetch_idle_o = outstanding_q == 2'd0 && !zombie_q;

  // The word behind the one requested, and what it is predicted to be.
  logic [29:0] successor;
  logic [1:0]  addr_tag;
  always_comb begin
    logic [2:0] inflight0, inflight1;
    inflight0 = 'x;
    inflight1 = 'x;
    successor = 'x;
    addr_tag  = fb_core_pkg::TagNone;
    if (granted) begin
      inflight0 = flush ? 3'd0 : inflight0_q + {2'b00, trim && near0};
      inflight1 = flush ? 3'd0 : inflight1_q + {2'b00, trim && !near0};
      successor = addr + 30'd1;
      if (!restart && !(no_tag_q && !redirect)) begin
        if (successor == last0_i[31:2] && count0_i > {29'd0, inflight0} + 32'd1) begin
          addr_tag  = fb_core_pkg::TagLoop0;
          successor = first0_i[31:2];
        end else if (successor == last1_i[31:2] && count1_i > {29'd0, inflight1} + 32'd1) begin
          addr_tag  = fb_core_pkg::TagLoop1;
          successor = first1_i[31:2];
        end
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      alloc_q       <= '0;
      fill_q        <= '0;
      read_q        <= '0;
      used_q        <= '0;
      filled_q      <= '0;
      outstanding_q <= '0;
      discard_q     <= '0;
      fetch_addr_q  <= '0;
      held_addr_q   <= '0;
      zombie_q      <= 1'b0;
      requested_q   <= 1'b0;
      no_tag_q      <= 1'b0;
      fresh_q       <= 1'b0;
      pc_q          <= '0;
      boot_q        <= 1'b1;
    end else begin
      boot_q        <= 1'b0;
      fresh_q       <= redirect || (fresh_q && !w0_valid);
      outstanding_q <= outstanding_q + {1'b0, instr_req_o && instr_gnt_i} - {1'b0, instr_rvalid_i};
      requested_q   <= request && !zombie && !instr_gnt_i;
      zombie_q      <= zombie && !instr_gnt_i;
      if (!zombie_q) held_addr_q <= fetch_addr_q;
      if (granted) fetch_addr_q <= successor;
      else fetch_addr_q <= addr;
      alloc_q       <= (trim ? trim_slot : alloc_q) + {1'b0, granted};

      if (flush) begin
        fill_q   <= alloc_q;
        read_q   <= alloc_q;
        used_q   <= {2'b00, granted};
        filled_q <= '0;
        // All that is outstanding is dropped; so is the obsolete request's response.
        discard_q <= outstanding_q - {1'b0, instr_rvalid_i} + {1'b0, zombie && instr_gnt_i};
        pc_q      <= redirect ? {target[31:1], 1'b0} : pc_q;
        no_tag_q  <= restart && !granted;
      end else begin
        if (trim && trim_filled) fill_q <= trim_slot;
        else if (take) fill_q <= fill_q + 2'd1;
        if (consume && pop) read_q <= next_slot;
        used_q    <= (trim ? distance : used_q) + {2'b00, granted} - {2'b00, consume && pop};
        filled_q  <= (trim && trim_filled ? distance : filled_q + {2'b00, take}) -
                     {2'b00, consume && pop};
        if (trim || zombie || discard_q != 2'd0) begin
          discard_q <= (trim && trim_filled ? outstanding_q - {1'b0, instr_rvalid_i}
                                            : discard_q - {1'b0, instr_rvalid_i && discard_q != 2'd0}) +
                       {1'b0, zombie && instr_gnt_i};
        end
        if (consume) pc_q <= pc_next;
        if (granted) no_tag_q <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (trim) tag_q[trim_slot - 2'd1] <= trim_tag;
    if (granted) tag_q[trim ? trim_slot : alloc_q] <= addr_tag;
    if (take) begin
      word_q[fill_q] <= instr_rdata_i;
      err_q[fill_q]  <= instr_err_i;
    end
  end

  // Tagged words requested and not yet completed, per loop.
  logic new_tag0, new_tag1;
  assign new_tag0   = addr_tag == fb_core_pkg::TagLoop0;
  assign new_tag1   = addr_tag == fb_core_pkg::TagLoop1;
  assign inflight_o = {inflight1_q != 3'd0, inflight0_q != 3'd0};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      inflight0_q <= '0;
      inflight1_q <= '0;
    end else if (flush) begin
      inflight0_q <= {2'b00, new_tag0};
      inflight1_q <= {2'b00, new_tag1};
    end else if (trim || addr_tag != fb_core_pkg::TagNone || tag_commit_i != 2'b00) begin
      inflight0_q <= inflight0_q + {2'b00, new_tag0} + {2'b00, trim && near0} -
                     {2'b00, tag_commit_i[0]};
      inflight1_q <= inflight1_q + {2'b00, new_tag1} + {2'b00, trim && !near0} -
                     {2'b00, tag_commit_i[1]};
    end
  end

  logic unused_bits;
  assign unused_bits = ^{target[0], w1[31:16], last0_i[1:0], last1_i[1:0]};

endmodule

`default_nettype wire
