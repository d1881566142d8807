// The page: its elements, and the connection to the program that serves it.

import { line } from "./line.js";
import "./call-controls.js";
import "./call-sound.js";
import "./calls-so-far.js";
import "./conversation-view.js";
import "./dial-pad.js";
import "./fault-buttons.js";
import "./ladder-view.js";
import "./parties-now.js";
import "./phone-status.js";
import "./verbs-now.js";

line.open();
